-- Bookmarks of imports that cannot be, and resources of a source that was never registered.
SELECT p.source || ': ' || p.file AS place, CASE
    WHEN s.name IS NULL THEN 'the source is not registered'
    WHEN p.position < 0 THEN 'its position is ' || p.position
    ELSE 'it is done at record ' || p.position || ', but ' || (p.counts ->> 'read') || ' were read'
END AS told
FROM import_progress p LEFT JOIN source s ON s.name = p.source
WHERE $1::bigint[] IS NULL AND (s.name IS NULL OR p.position < 0 OR (p.done AND (p.counts ->> 'read')::bigint <> p.position))
UNION ALL
SELECT r.source, count(*) || ' resources are of this source, which is not registered'
FROM resource r
WHERE r.source <> '' AND ($1::bigint[] IS NULL OR r.key = ANY ($1)) AND NOT EXISTS (SELECT FROM source s WHERE s.name = r.source)
GROUP BY r.source
