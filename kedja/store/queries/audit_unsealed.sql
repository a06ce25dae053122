-- The next rows to be sealed: those of transactions that have ended, and below which none is open any more.
SELECT l.xid::text AS xid, l.seq, l.at, l.person, l.action, l.decision, l.rules, l.resources, l.request, l.detail,
       a.actor, a.kind, a.name, a.title, a.purpose, a.provider, a.provider_name, a.unit, a.unit_name
FROM access_log l JOIN log_actor a ON a.key = l.actor
WHERE (l.xid, l.seq) > ($1::text::xid8, $2::bigint) AND l.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY l.xid, l.seq
LIMIT $3::integer
