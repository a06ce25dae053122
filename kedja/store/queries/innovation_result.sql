INSERT INTO innovation_result (measure, months, value, day, lessons, unwanted, actor, name, at)
SELECT m.id, $3, $4, $5, $6, $7, $8, $9, $10 FROM innovation_measure m WHERE m.id = $2 AND m.case_id = $1
RETURNING id
