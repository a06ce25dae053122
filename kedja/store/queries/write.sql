-- Resource, index, custody, facts and log together. Rows of $1 with `fresh` are inserted, the others replace their row. What is of
-- a person with protected identity gets its label (1 << 24), as far as it was known before (protection_settle.sql): their keys.
WITH given AS (
    SELECT * FROM unnest(
        $1::bigint[], $2::boolean[], $3::text[], $4::text[], $5::integer[], $6::timestamptz[], $7::boolean[],
        $8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::integer[], $14::timestamptz[],
        $15::timestamptz[], $16::bigint[], $17::bigint[], $18::text[], $19::text[], $20::text[]
    ) AS i (key, fresh, type, id, version, updated, deleted,
            person, regime, provider, unit, source, labels, doc_start,
            doc_end, content_hash, self_hash, tokens, refs, body)
), input AS MATERIALIZED (
    SELECT g.*, g.labels | CASE WHEN (g.labels & 2) <> 0 OR EXISTS (
               SELECT FROM subject_state s WHERE s.person = g.person AND s.kind = 'protected'
           ) THEN 16777216 ELSE 0 END AS marked
    FROM given g
), inserted AS (
    INSERT INTO resource (key, type, id, version, updated, deleted, person, regime, provider, unit, source, labels,
                          doc_start, doc_end, content_hash, self_hash, tokens, refs, body)
    SELECT key, type, id, version, updated, deleted, person, regime, provider, unit, source, marked,
           doc_start, doc_end, content_hash, self_hash, tokens::bigint[], refs::bigint[], body
    FROM input WHERE fresh
), replaced AS (
    UPDATE resource r
    SET version = i.version, updated = i.updated, deleted = i.deleted, person = i.person, regime = i.regime,
        provider = i.provider, unit = i.unit, source = i.source, labels = i.marked, doc_start = i.doc_start,
        doc_end = i.doc_end, content_hash = i.content_hash, tokens = i.tokens::bigint[], refs = i.refs::bigint[],
        body = i.body, xid = pg_current_xact_id()
    FROM input i WHERE NOT i.fresh AND r.key = i.key
), strings AS (
    INSERT INTO search_string (resource, param, value, exact)
    SELECT * FROM unnest($21::bigint[], $22::integer[], $23::text[], $24::text[])
), dates AS (
    INSERT INTO search_date (resource, param, lo, hi)
    SELECT * FROM unnest($25::bigint[], $26::integer[], $27::timestamptz[], $28::timestamptz[])
), numbers AS (
    INSERT INTO search_number (resource, param, value, lo, hi, unit, code)
    SELECT * FROM unnest($29::bigint[], $30::integer[], $31::numeric[], $32::numeric[], $33::numeric[], $34::bigint[], $35::bigint[])
), relations AS (
    INSERT INTO care_relation (person, resource, provider, unit, starts, ends)
    SELECT * FROM unnest($36::bigint[], $37::bigint[], $38::text[], $39::text[], $40::timestamptz[], $41::timestamptz[])
), consents AS (
    INSERT INTO consent (person, resource, kind, provider, unit, employee, starts, ends)
    SELECT * FROM unnest($42::bigint[], $43::bigint[], $44::text[], $45::text[], $46::text[], $47::text[],
                         $48::timestamptz[], $49::timestamptz[])
), blocks AS (
    INSERT INTO block (person, resource, kind, provider, unit, info_start, info_end, excluded, starts, ends)
    SELECT * FROM unnest($50::bigint[], $51::bigint[], $52::text[], $53::text[], $54::text[], $55::timestamptz[],
                         $56::timestamptz[], $57::integer[], $58::timestamptz[], $59::timestamptz[])
), composites AS (
    INSERT INTO search_composite (resource, param, item, part, tokens, value, lo, hi, unit, code)
    SELECT resource, param, item, part, tokens::bigint[], value, lo, hi, unit, code
    FROM unnest($67::bigint[], $68::integer[], $69::integer[], $70::smallint[], $71::text[], $72::numeric[], $73::numeric[],
                $74::numeric[], $75::bigint[], $76::bigint[])
        AS c (resource, param, item, part, tokens, value, lo, hi, unit, code)
), texts AS (
    INSERT INTO search_text (hash, param, value)
    SELECT * FROM unnest($77::bigint[], $78::integer[], $79::text[]) AS t (hash, param, value)
    WHERE NOT EXISTS (SELECT FROM search_text known WHERE known.hash = t.hash)
    ON CONFLICT DO NOTHING
), states AS (
    INSERT INTO subject_state (person, resource, kind, provider, unit, starts, ends)
    SELECT * FROM unnest($80::bigint[], $81::bigint[], $82::text[], $83::text[], $84::text[], $85::timestamptz[],
                         $86::timestamptz[])
), representations AS (
    INSERT INTO representation (person, resource, kind, representative, classes, starts, ends)
    SELECT * FROM unnest($87::bigint[], $88::bigint[], $89::text[], $90::bigint[], $91::integer[], $92::timestamptz[],
                         $93::timestamptz[])
), lifts AS (
    INSERT INTO lift (person, resource, kind, provider, unit, to_provider, to_unit, to_employee, reason, starts, ends)
    SELECT * FROM unnest($94::bigint[], $95::bigint[], $96::text[], $97::text[], $98::text[], $99::text[], $100::text[],
                         $101::text[], $102::text[], $103::timestamptz[], $104::timestamptz[])
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
    SELECT l.person, l.actor, l.action, 'permit', string_to_array(l.rules, ' '), string_to_array(l.resources, ' '),
           l.request, l.detail
    FROM unnest($60::integer[], $61::text[], $62::bigint[], $63::text[], $64::text[], $65::text[], $66::text[])
        AS l (actor, request, person, action, rules, resources, detail)
)
SELECT key FROM input WHERE (marked & 16777216) <> 0
