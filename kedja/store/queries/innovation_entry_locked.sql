-- The current version of an entry ($4, $5) that this actor sees, and nobody changes it before this transaction ends.
SELECT e.* FROM innovation_entry e
WHERE e.kind = $4 AND e.number = $5::integer AND e.current AND innovation_entry_seen(e, $1, $2, $3::text[])
FOR UPDATE OF e
