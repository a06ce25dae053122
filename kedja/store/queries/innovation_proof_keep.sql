INSERT INTO innovation_file (kind, number, hash, media, body, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
