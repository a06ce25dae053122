-- Whom these Patient ids are about, and of those that the law lets be seen every Patient that the same person has or had (spec
-- 3.1: one person, several records). Who is not seen leads to no other, but is known, so that the person's log says who looked.
SELECT p.id, p.person, CASE WHEN coalesce({condition}, false)
       THEN (SELECT array_agg(q.id ORDER BY q.id) FROM resource q WHERE q.type = 'Patient' AND q.person = p.person)
       ELSE ARRAY[p.id] END AS ids
FROM resource p WHERE p.type = 'Patient' AND p.id = ANY ($1::text[]) AND p.person <> 0
