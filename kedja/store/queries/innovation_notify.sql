-- Tell whom a case concerns of an event of it: who gave it, its pilot, and the single persons who take part; not who did it ($2).
INSERT INTO innovation_notice (actor, case_id, kind, at)
SELECT DISTINCT told.actor, $1, $3, $4::timestamptz
FROM (SELECT giver AS actor FROM innovation_case WHERE id = $1
      UNION SELECT pilot FROM innovation_case WHERE id = $1
      UNION SELECT actor FROM innovation_party WHERE case_id = $1) told
WHERE told.actor NOT IN ('', $2)
