-- The entries that cite this one ($4, as `T-12`) and that this actor sees.
SELECT e.kind, e.number, e.title, e.state FROM innovation_entry e
WHERE e.current AND innovation_entry_seen(e, $1, $2, $3::text[]) AND (e.body @@ $4::text::jsonpath)
ORDER BY e.kind, e.number LIMIT 100
