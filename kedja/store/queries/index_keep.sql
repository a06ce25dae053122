INSERT INTO system_state (name, value)
SELECT name, value::jsonb FROM unnest($1::text[], $2::text[]) AS kept (name, value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated = now()
