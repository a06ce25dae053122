-- Resource, index, custody, facts and log together. Parts that have nothing to store are left out of the statement, and each part's
-- values are counted on from those before it (store/statement.py). Rows of `given` with `fresh` are inserted, the others replace
-- their row. What is of a person with protected identity gets its label (1 << 24), as far as it was known before
-- (protection_settle.sql): their keys.
-- part given
given AS (
    SELECT * FROM unnest(
        $1::bigint[], $2::boolean[], $3::text[], $4::text[], $5::integer[], $6::timestamptz[], $7::boolean[],
        $8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::integer[], $14::timestamptz[],
        $15::timestamptz[], $16::bigint[], $17::bigint[], $18::text[], $19::text[], $20::text[]
    ) AS i (key, fresh, type, id, version, updated, deleted,
            person, regime, provider, unit, source, labels, doc_start,
            doc_end, content_hash, self_hash, tokens, refs, body)
)
-- part claim
claim AS MATERIALIZED (
    -- Whose these Patients were taken to be. Where that is so no longer, the division by zero undoes all of the statement.
    SELECT 1 / CASE WHEN EXISTS (
        SELECT FROM unnest($1::text[], $2::bigint[]) AS c (id, person)
        WHERE NOT EXISTS (SELECT FROM resource p WHERE p.type = 'Patient' AND p.id = c.id AND p.person = c.person)
    ) THEN 0 ELSE 1 END AS holds
)
-- part input
input AS MATERIALIZED (
    SELECT g.*, g.labels | CASE WHEN (g.labels & 2) <> 0 OR EXISTS (
               SELECT FROM subject_state s WHERE s.person = g.person AND s.kind = 'protected'
           ) THEN 16777216 ELSE 0 END AS marked
    FROM given g WHERE (SELECT holds FROM claim) = 1
)
-- part inserted
inserted AS (
    INSERT INTO resource (key, type, id, version, updated, deleted, person, regime, provider, unit, source, labels,
                          doc_start, doc_end, content_hash, self_hash, tokens, refs, body)
    SELECT key, type, id, version, updated, deleted, person, regime, provider, unit, source, marked,
           doc_start, doc_end, content_hash, self_hash, tokens::bigint[], refs::bigint[], body
    FROM input WHERE fresh
)
-- part replaced
replaced AS (
    UPDATE resource r
    SET version = i.version, updated = i.updated, deleted = i.deleted, person = i.person, regime = i.regime,
        provider = i.provider, unit = i.unit, source = i.source, labels = i.marked, doc_start = i.doc_start,
        doc_end = i.doc_end, content_hash = i.content_hash, tokens = i.tokens::bigint[], refs = i.refs::bigint[],
        body = i.body, xid = pg_current_xact_id()
    FROM input i WHERE NOT i.fresh AND r.key = i.key
)
-- part strings
strings AS (
    INSERT INTO search_string (resource, param, value, exact)
    SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[])
)
-- part dates
dates AS (
    INSERT INTO search_date (resource, param, lo, hi)
    SELECT * FROM unnest($1::bigint[], $2::integer[], $3::timestamptz[], $4::timestamptz[])
)
-- part numbers
numbers AS (
    INSERT INTO search_number (resource, param, value, lo, hi, unit, code)
    SELECT resource, param, value::numeric, lo::numeric, hi::numeric, unit, code
    FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
        AS n (resource, param, value, lo, hi, unit, code)
)
-- part composites
composites AS (
    INSERT INTO search_composite (resource, param, item, part, tokens, value, lo, hi, unit, code)
    SELECT resource, param, item, part, tokens::bigint[], value::numeric, lo::numeric, hi::numeric, unit, code
    FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::smallint[], $5::text[], $6::text[], $7::text[],
                $8::text[], $9::bigint[], $10::bigint[])
        AS c (resource, param, item, part, tokens, value, lo, hi, unit, code)
)
-- part texts
texts AS (
    INSERT INTO search_text (hash, param, value)
    SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[]) AS t (hash, param, value)
    WHERE NOT EXISTS (SELECT FROM search_text known WHERE known.hash = t.hash)
    ON CONFLICT DO NOTHING
)
-- part relations
relations AS (
    INSERT INTO care_relation (person, resource, provider, unit, starts, ends)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
)
-- part consents
consents AS (
    INSERT INTO consent (person, resource, kind, provider, unit, employee, starts, ends)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[],
                         $7::timestamptz[], $8::timestamptz[])
)
-- part blocks
blocks AS (
    INSERT INTO block (person, resource, kind, provider, unit, info_start, info_end, excluded, starts, ends)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
                         $7::timestamptz[], $8::integer[], $9::timestamptz[], $10::timestamptz[])
)
-- part states
states AS (
    INSERT INTO subject_state (person, resource, kind, provider, unit, starts, ends)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
                         $7::timestamptz[])
)
-- part representations
representations AS (
    INSERT INTO representation (person, resource, kind, representative, classes, starts, ends)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::integer[], $6::timestamptz[],
                         $7::timestamptz[])
)
-- part lifts
lifts AS (
    INSERT INTO lift (person, resource, kind, provider, unit, to_provider, to_unit, to_employee, reason, starts, ends)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                         $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[])
)
-- part logged
logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
    SELECT l.person, l.actor, l.action, 'permit', string_to_array(l.rules, ' '), string_to_array(l.resources, ' '),
           l.request, l.detail
    FROM unnest($1::integer[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])
        AS l (actor, request, person, action, rules, resources, detail)
)
-- part end
SELECT key FROM input WHERE (marked & 16777216) <> 0
