SELECT d.package || '|' || d.version AS holder, d.place::bigint AS key, d.body FROM package_definition d
WHERE d.package || '|' || d.version = ANY ($1::text[])
