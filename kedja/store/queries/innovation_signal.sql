INSERT INTO innovation_signal (thing, name, source, text, actor, who, at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
