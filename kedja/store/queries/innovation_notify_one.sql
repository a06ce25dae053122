-- Tell one person that a case waits on them; not twice while they have not seen it.
INSERT INTO innovation_notice (actor, case_id, kind, what, at)
SELECT $1, $2, 'wait', $3, $4
WHERE NOT EXISTS (SELECT FROM innovation_notice WHERE actor = $1 AND case_id = $2 AND kind = 'wait' AND what = $3 AND seen IS NULL)
