-- Rows of before $1 that are not sealed, though no transaction that old is open.
SELECT l.seq FROM access_log l, audit_sealed s
WHERE l.at < $1::timestamptz AND l.xid < pg_snapshot_xmin(pg_current_snapshot()) AND (l.xid, l.seq) > (s.xid, s.seq)
ORDER BY l.seq LIMIT 1000
