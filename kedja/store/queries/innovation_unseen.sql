-- What this actor was told and has not opened, by entry.
SELECT r.kind, r.number, e.title, count(*) AS told, min(t.at) AS at
FROM innovation_told t JOIN innovation_reply r ON r.id = t.reply
JOIN innovation_entry e ON e.kind = r.kind AND e.number = r.number AND e.current
WHERE t.actor = $1 AND t.seen IS NULL GROUP BY r.kind, r.number, e.title ORDER BY at LIMIT 50
