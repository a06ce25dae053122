-- What was said to an entry ($1, $2): what is open, what this actor ($3) said, and for who keeps it ($4) all.
SELECT r.*, t.seen AS told_seen, t.actor IS NOT NULL AS told
FROM innovation_reply r LEFT JOIN innovation_told t ON t.reply = r.id AND t.actor = $3
WHERE r.kind = $1 AND r.number = $2::integer AND (r.open OR r.author = $3 OR $4::boolean)
ORDER BY r.id LIMIT 500
