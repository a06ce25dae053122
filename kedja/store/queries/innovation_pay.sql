INSERT INTO innovation_payment (case_id, version, models, activity, flows, hinders, remedy, actor, name, at)
SELECT $1, coalesce(max(version), 0) + 1, $2::text::jsonb, $3::text::jsonb, $4::text::jsonb, $5, $6, $7, $8, $9
FROM innovation_payment WHERE case_id = $1
RETURNING version
