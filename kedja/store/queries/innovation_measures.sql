-- The measures of a case, each with its results.
SELECT m.*, coalesce((SELECT json_agg(r ORDER BY r.day, r.id) FROM innovation_result r WHERE r.measure = m.id), '[]')::text AS results
FROM innovation_measure m WHERE m.case_id = $1 ORDER BY m.id
