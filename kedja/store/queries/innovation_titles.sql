-- The titles of these entries ($4: kinds, $5: numbers), as far as this actor sees them.
SELECT e.kind, e.number, e.title, e.state, e.due FROM innovation_entry e
JOIN unnest($4::text[], $5::integer[]) AS wanted (kind, number) ON wanted.kind = e.kind AND wanted.number = e.number
WHERE e.current AND innovation_entry_seen(e, $1, $2, $3::text[])
