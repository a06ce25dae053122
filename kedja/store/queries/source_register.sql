-- A source is registered once; registering it again with another definition replaces that, and says so.
INSERT INTO source (name, definition) VALUES ($1, $2::jsonb)
ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, registered = now()
WHERE source.definition <> excluded.definition
RETURNING xmax = 0 AS fresh
