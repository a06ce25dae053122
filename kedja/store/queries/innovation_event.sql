INSERT INTO innovation_event (case_id, actor, name, title, org, org_name, kind, phase, body, open, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11)
