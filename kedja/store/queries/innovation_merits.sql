-- What this actor ($1) has done in the portal: entries made, versions of others' made, decisions and work in cases, what was given.
SELECT e.made::date AS day, 'made' AS deed, e.kind, e.kind || '/' || e.number AS what, e.title
FROM innovation_entry e WHERE e.current AND e.author = $1 AND e.kind <> 'training'
UNION ALL
SELECT min(e.at)::date, 'kept', e.kind, e.kind || '/' || e.number, (array_agg(e.title ORDER BY e.version DESC))[1]
FROM innovation_entry e WHERE e.editor = $1 AND e.author <> $1 GROUP BY e.kind, e.number
UNION ALL
SELECT c.created::date, 'given', 'case', 'case/' || c.number, c.title FROM innovation_case c WHERE c.giver = $1
UNION ALL
SELECT min(v.at)::date, 'took part', 'case', 'case/' || c.number, c.title
FROM innovation_event v JOIN innovation_case c ON c.id = v.case_id
WHERE v.actor = $1 AND c.giver <> $1 AND c.confidential = '' GROUP BY c.id, c.number, c.title
ORDER BY 1 DESC, 4 LIMIT 500
