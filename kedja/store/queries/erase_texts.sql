-- Of these texts beside codes, those that no resource has any more.
DELETE FROM search_text t
WHERE t.hash = ANY ($1::bigint[])
  AND NOT EXISTS (SELECT FROM resource r WHERE r.tokens @> ARRAY[t.hash])
  AND NOT EXISTS (SELECT FROM resource_past p WHERE p.tokens @> ARRAY[t.hash])
