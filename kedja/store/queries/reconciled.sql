-- What a reconciliation found, kept as the latest and as a row of the log about nobody.
WITH kept AS (
    INSERT INTO system_state (name, value) VALUES ('reconciliation', $1::text::jsonb)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated = now()
)
INSERT INTO access_log (person, actor, action, decision, request, detail)
VALUES (0, $2::integer, 'reconcile', 'permit', $3::text, $4::text)
