-- A file ($6) of an entry ($4, $5), and as which version that this actor ($1, of $2, who keeps $3) sees names it last.
SELECT f.media, f.body, e.body AS values
FROM innovation_file f
JOIN innovation_entry e ON e.kind = f.kind AND e.number = f.number
WHERE f.kind = $4 AND f.number = $5::integer AND f.hash = $6 AND innovation_entry_seen(e, $1, $2, $3::text[])
  AND jsonb_path_exists(e.body, '$.*[*] ? (@ starts with $hash)', jsonb_build_object('hash', $6::text || ' '))
ORDER BY e.version DESC LIMIT 1
