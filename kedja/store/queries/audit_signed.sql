INSERT INTO audit_checkpoint (size, text, signature) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
