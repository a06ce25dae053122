-- The night whose work is begun.
INSERT INTO system_state (name, value) VALUES ('night', to_jsonb($1::text))
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated = now()
