-- Rows that follow from a resource which is not there, or is deleted. A superseded version keeps its index for a while.
WITH follows AS (
    SELECT 'search_string' AS name, resource FROM search_string
    UNION ALL SELECT 'search_date', resource FROM search_date
    UNION ALL SELECT 'search_number', resource FROM search_number
    UNION ALL SELECT 'search_composite', resource FROM search_composite
    UNION ALL SELECT 'care_relation', resource FROM care_relation
    UNION ALL SELECT 'consent', resource FROM consent
    UNION ALL SELECT 'block', resource FROM block
    UNION ALL SELECT 'subject_state', resource FROM subject_state
    UNION ALL SELECT 'representation', resource FROM representation
    UNION ALL SELECT 'lift', resource FROM lift
)
SELECT f.name AS place, count(*) || ' rows of resource key ' || f.resource || ', which is not there or is deleted' AS told
FROM follows f
WHERE ($1::bigint[] IS NULL OR f.resource = ANY ($1))
  AND NOT EXISTS (SELECT FROM resource r WHERE r.key = f.resource AND NOT r.deleted)
  AND NOT EXISTS (SELECT FROM resource_past p WHERE p.key = f.resource)
GROUP BY f.name, f.resource
UNION ALL
SELECT 'resource_past', p.type || '/' || p.id || ' version ' || p.version || ' is kept for pages, but the resource is not there'
FROM resource_past p
WHERE ($1::bigint[] IS NULL OR p.origin = ANY ($1)) AND NOT EXISTS (SELECT FROM resource r WHERE r.key = p.origin)
