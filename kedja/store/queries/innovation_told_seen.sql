-- That this actor ($3) has opened what they were told about an entry.
UPDATE innovation_told t SET seen = $4::timestamptz FROM innovation_reply r
WHERE r.id = t.reply AND r.kind = $1 AND r.number = $2::integer AND t.actor = $3 AND t.seen IS NULL
