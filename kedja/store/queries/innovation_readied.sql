INSERT INTO innovation_ready (case_id, gate, passed, note, name, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (case_id, gate) DO UPDATE SET passed = excluded.passed, note = excluded.note, name = excluded.name, at = excluded.at
