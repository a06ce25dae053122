-- Open entries of a kind ($4) that share areas ($5) with another, most shared first; then the newest.
SELECT e.kind, e.number, e.title, e.state, e.org_name, e.body,
       ARRAY(SELECT jsonb_array_elements_text(e.body -> 'areas') INTERSECT SELECT unnest($5::text[])) AS shared
FROM innovation_entry e
WHERE e.current AND e.kind = $4 AND e.open AND innovation_entry_seen(e, $1, $2, $3::text[])
  AND e.body -> 'areas' ?| $5::text[] AND (e.due IS NULL OR e.due >= $6::date)
ORDER BY cardinality(ARRAY(SELECT jsonb_array_elements_text(e.body -> 'areas') INTERSECT SELECT unnest($5::text[]))) DESC,
         e.at DESC LIMIT 20
