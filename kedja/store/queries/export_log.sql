-- One row for each person, with how much of each type was taken: resource by resource would be as long as the export.
WITH taken AS (
    SELECT person, type, count(*) AS number FROM resource
    WHERE NOT deleted AND (cardinality($1::text[]) = 0 OR type = ANY ($1))
      AND ($2::timestamptz IS NULL OR updated >= $2) AND ($3::bigint[] IS NULL OR person = ANY ($3))
    GROUP BY person, type
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, request, detail)
    SELECT person, $4::integer, 'export', 'permit', $5::text, string_agg(number || ' ' || type, ', ' ORDER BY type)
    FROM taken GROUP BY person
    RETURNING 1
)
SELECT count(*) FROM logged
