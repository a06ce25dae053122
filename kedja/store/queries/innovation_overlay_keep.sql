INSERT INTO innovation_overlay (org, rule, version, zone, text_sv, text_en, step_sv, step_en, reason, actor, name, at)
SELECT $1, $2, coalesce(max(version), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12::timestamptz
FROM innovation_overlay WHERE org = $1 AND rule = $2 HAVING coalesce(max(version), 0) = $3::integer
RETURNING version
