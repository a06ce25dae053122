-- The entries that a case ($4) builds on, as far as this actor ($1, of $2, who keeps the kinds $3) sees them.
SELECT u.kind, u.number, u.note, u.name, u.at, e.title, e.state, e.language
FROM innovation_used u JOIN innovation_entry e ON e.kind = u.kind AND e.number = u.number AND e.current
WHERE u.case_id = $4 AND innovation_entry_seen(e, $1, $2, $3::text[]) ORDER BY u.at
