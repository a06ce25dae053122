-- The record of equal treatment of an entry: each thing that was told, to whom, when, and when they opened it.
SELECT r.id, r.reply, r.text, r.answer, t.name, t.org_name, t.at, t.seen
FROM innovation_told t JOIN innovation_reply r ON r.id = t.reply
WHERE r.kind = $1 AND r.number = $2::integer ORDER BY r.id, t.at, t.name
