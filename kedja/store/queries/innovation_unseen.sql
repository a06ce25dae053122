-- What this actor ($1), or everybody of their organisation ($2), was told and has not opened, by entry; `fits`: that it is one that fits
-- what they have entered.
SELECT r.kind, r.number, e.title, count(*) AS told, min(t.at) AS at, bool_or(t.actor <> $1) AS fits
FROM innovation_told t JOIN innovation_reply r ON r.id = t.reply
JOIN innovation_entry e ON e.kind = r.kind AND e.number = r.number AND e.current
WHERE t.actor IN ($1, 'org:' || $2) AND t.seen IS NULL GROUP BY r.kind, r.number, e.title ORDER BY at LIMIT 50
