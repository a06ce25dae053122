-- After a restore into another server: what is sealed gets a transaction number below all others, what is not one of this
-- server's, and sealing goes on from the oldest transaction that is open now.
WITH renumbered AS (
    UPDATE access_log l
    SET xid = CASE WHEN EXISTS (SELECT FROM audit_leaf f WHERE f.seq = l.seq) THEN '3'::xid8 ELSE pg_current_xact_id() END
    RETURNING 1
)
UPDATE audit_sealed
SET cluster = (SELECT system_identifier FROM pg_control_system()),
    xid = ((pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1)::text)::xid8, seq = 9223372036854775807
WHERE (SELECT count(*) FROM renumbered) >= 0
