INSERT INTO innovation_link (case_id, kind, other, note, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (case_id, kind, other) DO UPDATE SET note = excluded.note
