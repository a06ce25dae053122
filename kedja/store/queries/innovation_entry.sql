-- One version of an entry ($4, $5, $6; 0 for the current one) that this actor ($1, of $2, who keeps the kinds $3) sees; where the
-- current one is not for them, the newest that is.
SELECT e.* FROM innovation_entry e
WHERE e.kind = $4 AND e.number = $5::integer AND ($6::integer = 0 OR e.version = $6)
  AND innovation_entry_seen(e, $1, $2, $3::text[])
ORDER BY e.version DESC LIMIT 1
