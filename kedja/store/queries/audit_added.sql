-- Rows that stand among those that are sealed and have no leaf.
SELECT l.seq FROM access_log l, audit_sealed s
WHERE (l.xid, l.seq) <= (s.xid, s.seq) AND NOT EXISTS (SELECT FROM audit_leaf f WHERE f.seq = l.seq)
ORDER BY l.seq
