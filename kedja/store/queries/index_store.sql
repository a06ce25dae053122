-- A row whose hashes are the same is not written again.
WITH strings AS (
    INSERT INTO search_string (resource, param, value, exact)
    SELECT * FROM unnest($4::bigint[], $5::integer[], $6::text[], $7::text[])
), dates AS (
    INSERT INTO search_date (resource, param, lo, hi)
    SELECT * FROM unnest($8::bigint[], $9::integer[], $10::timestamptz[], $11::timestamptz[])
), numbers AS (
    INSERT INTO search_number (resource, param, value, lo, hi, unit, code)
    SELECT resource, param, value::numeric, lo::numeric, hi::numeric, unit, code
    FROM unnest($12::bigint[], $13::integer[], $14::text[], $15::text[], $16::text[], $17::bigint[], $18::bigint[])
        AS n (resource, param, value, lo, hi, unit, code)
), composites AS (
    INSERT INTO search_composite (resource, param, item, part, tokens, value, lo, hi, unit, code)
    SELECT resource, param, item, part, tokens::bigint[], value::numeric, lo::numeric, hi::numeric, unit, code
    FROM unnest($19::bigint[], $20::integer[], $21::integer[], $22::smallint[], $23::text[], $24::text[], $25::text[],
                $26::text[], $27::bigint[], $28::bigint[])
        AS c (resource, param, item, part, tokens, value, lo, hi, unit, code)
), texts AS (
    INSERT INTO search_text (hash, param, value)
    SELECT * FROM unnest($29::bigint[], $30::integer[], $31::text[]) AS t (hash, param, value)
    WHERE NOT EXISTS (SELECT FROM search_text known WHERE known.hash = t.hash)
    ON CONFLICT DO NOTHING
)
UPDATE resource r SET tokens = i.tokens::bigint[], refs = i.refs::bigint[]
FROM unnest($1::bigint[], $2::text[], $3::text[]) AS i (key, tokens, refs)
WHERE r.key = i.key AND (r.tokens <> i.tokens::bigint[] OR r.refs <> i.refs::bigint[])
