-- What there is to go by, each with a mark that changes with its content; packages in the order they were added, then
-- what is stored through the service, oldest first.
SELECT 'package' AS origin, d.package || '|' || d.version AS holder, d.place::bigint AS key,
       extract(epoch FROM p.added)::bigint::text || p.checksum AS mark
FROM package_definition d JOIN package p ON p.name = d.package AND p.version = d.version
UNION ALL
SELECT 'resource', '', r.key, r.version::text
FROM resource r
WHERE r.type = ANY ($1::text[]) AND r.regime = 'directory' AND NOT r.deleted
ORDER BY 1, 2, 3
