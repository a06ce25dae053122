-- How far the log is sealed, and whether the transaction numbers are those of this server.
SELECT s.xid::text AS xid, s.seq, s.size, s.peaks, s.cluster = c.system_identifier AS own
FROM audit_sealed s, pg_control_system() c
FOR UPDATE OF s
