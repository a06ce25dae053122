-- The drafts of one author at one unit, the latest first: all, or one, or those about one patient. Logged for each person.
WITH found AS MATERIALIZED (
    SELECT d.id, d.patient, d.corrects, d.body, d.begun, d.updated, coalesce(r.person, 0) AS person
    FROM note_draft d LEFT JOIN resource r ON r.type = 'Patient' AND 'Patient/' || r.id = d.patient AND NOT r.deleted
    WHERE d.owner = $1::text AND d.unit = $2::text AND ($3::text = '' OR d.id = $3) AND ($4::text = '' OR d.patient = $4)
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, request, detail)
    SELECT person, $5::integer, 'draft', 'permit', ARRAY[$6::text], $7::text, 'read' FROM found GROUP BY person
    UNION ALL SELECT 0, $5, 'draft', 'permit', ARRAY[$6], $7, 'read' WHERE NOT EXISTS (SELECT FROM found)
)
SELECT * FROM found ORDER BY updated DESC, id
