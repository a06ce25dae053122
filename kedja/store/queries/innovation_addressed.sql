INSERT INTO innovation_address (actor, email, language) VALUES ($1, $2, $3)
ON CONFLICT (actor) DO UPDATE SET email = excluded.email, language = excluded.language
