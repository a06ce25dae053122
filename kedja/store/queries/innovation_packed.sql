-- The next version of a case's package.
INSERT INTO innovation_package (case_id, version, body, actor, name, at)
SELECT $1, coalesce(max(version), 0) + 1, $2::text::jsonb, $3, $4, $5 FROM innovation_package WHERE case_id = $1
RETURNING version
