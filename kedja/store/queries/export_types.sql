SELECT DISTINCT type FROM resource
WHERE NOT deleted AND (cardinality($1::text[]) = 0 OR type = ANY ($1))
  AND ($2::timestamptz IS NULL OR updated >= $2) AND ($3::bigint[] IS NULL OR person = ANY ($3))
ORDER BY type
