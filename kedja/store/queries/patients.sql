-- Whom these Patient ids are about, with every Patient of the same person (spec 3.1: one person, several records).
SELECT p.id, p.person, array_agg(q.id ORDER BY q.id) AS ids
FROM resource p JOIN resource q ON q.type = 'Patient' AND q.person = p.person AND NOT q.deleted
WHERE p.type = 'Patient' AND p.id = ANY ($1::text[]) AND p.person <> 0
GROUP BY p.id, p.person
