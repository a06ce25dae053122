-- What there is to go by, each with a mark that changes with its content; what is stored through the service first,
-- then packages: of two definitions with one canonical the later counts, so that nobody writes over a package.
SELECT 'package' AS origin, d.package || '|' || d.version AS holder, d.place::bigint AS key,
       extract(epoch FROM p.added)::bigint::text || p.checksum AS mark
FROM package_definition d JOIN package p ON p.name = d.package AND p.version = d.version
UNION ALL
SELECT 'resource', '', r.key, r.version::text
FROM resource r
WHERE r.type = ANY ($1::text[]) AND r.regime = 'directory' AND NOT r.deleted
ORDER BY 1 DESC, 2, 3
