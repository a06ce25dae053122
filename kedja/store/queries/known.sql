-- Whose this Patient is, all Patients of that person with their custody, and what these and the person's facts come to.
SELECT named.person, {digest} AS digest, q.*
FROM resource named CROSS JOIN LATERAL (
    SELECT array_agg(p.id ORDER BY p.id) AS id, array_agg(p.regime ORDER BY p.id) AS regime,
           array_agg(p.provider ORDER BY p.id) AS provider, array_agg(p.unit ORDER BY p.id) AS unit,
           array_agg(p.doc_start ORDER BY p.id) AS doc_start, array_agg(p.doc_end ORDER BY p.id) AS doc_end,
           array_agg(p.labels ORDER BY p.id) AS labels, array_agg(p.source ORDER BY p.id) AS source
    FROM resource p WHERE p.type = 'Patient' AND p.person = named.person
) q
WHERE named.type = 'Patient' AND named.id = $1::text AND named.person <> 0
