-- That this actor ($3, of $5) has opened what they, or everybody of their organisation, were told about an entry.
UPDATE innovation_told t SET seen = $4::timestamptz FROM innovation_reply r
WHERE r.id = t.reply AND r.kind = $1 AND r.number = $2::integer AND t.actor IN ($3, 'org:' || $5) AND t.seen IS NULL
