INSERT INTO innovation_weight (case_id, version, areas, segments, scores, cost, yearly, saves, reach, place, reason, actor, name, at)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4::text::jsonb, $5, $6, $7, $8, $9, $10, $11, $12, $13
FROM innovation_weight WHERE case_id = $1
