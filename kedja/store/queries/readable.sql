-- The bodies of these resources, as far as the law lets them be read. What is made of them is logged by the write.
SELECT r.type, r.id, r.body
FROM resource r
JOIN unnest($1::text[], $2::text[]) AS wanted (type, id) ON r.type = wanted.type AND r.id = wanted.id
WHERE NOT r.deleted AND {condition}
