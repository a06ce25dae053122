-- What those are told whose entries fit ($3), kept once with an entry ($1, $2): it says what the entry was called then.
INSERT INTO innovation_reply (kind, number, reply, text, open, author, author_name, org, org_name, at)
SELECT e.kind, e.number, $3, e.title, false, $4, $5, $6, $7, $8::timestamptz
FROM innovation_entry e
WHERE e.kind = $1 AND e.number = $2::integer AND e.current
  AND NOT EXISTS (SELECT FROM innovation_reply r WHERE r.kind = e.kind AND r.number = e.number AND r.reply = $3)
