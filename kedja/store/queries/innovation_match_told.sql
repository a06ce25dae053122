-- Each organisation that has open entries of a kind ($4) is told ($3) of every entry of $1 in these states ($6) that shares areas with
-- one of theirs: all at the same moment, each once. $2: of this entry alone; $5: this organisation alone, which comes later.
INSERT INTO innovation_told (reply, actor, name, org_name, at)
SELECT DISTINCT ON (r.id, o.org) r.id, 'org:' || o.org, '', o.org_name, $7::timestamptz
FROM innovation_reply r
JOIN innovation_entry e ON e.kind = r.kind AND e.number = r.number AND e.current AND e.state = ANY ($6::text[])
JOIN innovation_entry o ON o.kind = $4 AND o.current AND o.open AND o.org <> '' AND o.org <> e.org
WHERE r.kind = $1 AND r.reply = $3 AND ($2::integer IS NULL OR e.number = $2) AND ($5::text IS NULL OR o.org = $5)
  AND (e.due IS NULL OR e.due >= $8::date)
  AND EXISTS (SELECT FROM jsonb_array_elements_text(e.body -> 'areas') area WHERE o.body -> 'areas' ? area)
ON CONFLICT DO NOTHING
