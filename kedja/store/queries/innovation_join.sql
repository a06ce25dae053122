INSERT INTO innovation_party (case_id, actor, org, name, role, since) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (case_id, actor, org) DO UPDATE SET role = excluded.role, name = excluded.name
