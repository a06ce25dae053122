-- The versions of an entry that this actor sees, newest first.
SELECT e.version, e.state, e.editor_name, e.org_name, e.note, e.at FROM innovation_entry e
WHERE e.kind = $4 AND e.number = $5::integer AND innovation_entry_seen(e, $1, $2, $3::text[])
ORDER BY e.version DESC LIMIT 200
