SELECT p.name, p.version, p.checksum, p.added, count(d.place) AS definitions
FROM package p LEFT JOIN package_definition d ON d.package = p.name AND d.version = p.version
GROUP BY p.name, p.version
ORDER BY p.name, p.version
