SELECT body, labels FROM resource
WHERE type = $1::text AND NOT deleted
  AND ($2::timestamptz IS NULL OR updated >= $2) AND ($3::bigint[] IS NULL OR person = ANY ($3))
ORDER BY key + 0
