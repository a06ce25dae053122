-- How many current entries of each kind and state this actor sees.
SELECT e.kind, e.state, count(*) AS entries FROM innovation_entry e
WHERE e.current AND innovation_entry_seen(e, $1, $2, $3::text[]) GROUP BY e.kind, e.state
