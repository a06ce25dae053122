INSERT INTO audit_checkpoint (size, key, text, signature) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
