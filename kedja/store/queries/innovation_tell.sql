-- A reply ($1) is told to each who has said $4 to the entry ($2, $3): to all at the same moment.
INSERT INTO innovation_told (reply, actor, name, org_name, at)
SELECT DISTINCT ON (r.author) $1::bigint, r.author, r.author_name, r.org_name, $5::timestamptz
FROM innovation_reply r WHERE r.kind = $2 AND r.number = $3::integer AND r.reply = $4
ON CONFLICT DO NOTHING
