-- A draft that became a note, or that its author throws away.
WITH gone AS (
    DELETE FROM note_draft WHERE id = $1::text AND owner = $2::text AND unit = $3::text RETURNING id
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, request, detail)
    SELECT $4::bigint, $5::integer, 'draft', 'permit', ARRAY[$6::text], $7::text, 'dropped' FROM gone
)
SELECT id FROM gone
