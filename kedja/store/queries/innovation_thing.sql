INSERT INTO innovation_thing (case_id, thing, name, version) VALUES ($1, $2, $3, $4)
ON CONFLICT (case_id, thing) DO UPDATE SET name = excluded.name, version = excluded.version
