-- The next version of the answers that are kept with a case, which the transaction has locked.
INSERT INTO innovation_navigation (case_id, version, answers, rules, zone, on_day, actor, name, at)
SELECT $1, coalesce(max(version), 0) + 1, $2::text::jsonb, $3::text::jsonb, $4, $5, $6, $7, $8
FROM innovation_navigation
WHERE case_id = $1
