-- Decide about the newest description, if it is still the one that was read ($2); its version.
INSERT INTO innovation_payment_decision (case_id, version, outcome, reason, review, actor, name, title, at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
WHERE $2 = (SELECT max(version) FROM innovation_payment WHERE case_id = $1)
RETURNING version
