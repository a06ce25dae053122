-- Who comes later ($3) is told all that was told before to an entry ($1, $2), of these kinds of replies ($6).
INSERT INTO innovation_told (reply, actor, name, org_name, at)
SELECT r.id, $3, $4, $5, $7::timestamptz FROM innovation_reply r
WHERE r.kind = $1 AND r.number = $2::integer AND r.open AND r.reply = ANY ($6::text[])
ON CONFLICT DO NOTHING
