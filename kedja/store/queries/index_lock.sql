-- Those that are still of the version that was read, locked in the order of all writes.
SELECT r.key, r.version FROM resource r
JOIN unnest($1::bigint[], $2::integer[]) AS read (key, version) ON r.key = read.key AND r.version = read.version
WHERE NOT r.deleted
ORDER BY r.key
FOR UPDATE OF r
