-- Find or make; the useless update makes RETURNING answer for a row that stands already.
INSERT INTO log_actor (digest, actor, kind, name, title, purpose, provider, provider_name, unit, unit_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (digest) DO UPDATE SET digest = excluded.digest
RETURNING key
