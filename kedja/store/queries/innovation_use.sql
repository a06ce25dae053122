-- A case builds on an entry; said again, the note is replaced.
INSERT INTO innovation_used (case_id, kind, number, note, name, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (case_id, kind, number) DO UPDATE SET note = excluded.note, name = excluded.name, at = excluded.at
