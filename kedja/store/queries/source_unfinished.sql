-- The sources of which a delivery has stopped on its way: begun, not whole, and nothing more of it for a while.
SELECT s.name, coalesce(s.definition ->> 'title', '') AS title FROM source s
WHERE EXISTS (SELECT FROM import_progress p WHERE p.source = s.name AND NOT p.done AND p.updated < now() - $1::interval)
ORDER BY s.name
