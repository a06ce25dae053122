-- What was last decided about who pays for a case: the model, the outcome, the day of review; no row while nobody has decided.
SELECT d.outcome, d.review, d.name, d.at, p.models::text AS models,
       p.version < (SELECT max(version) FROM innovation_payment x WHERE x.case_id = $1) AS changed
FROM innovation_payment_decision d
JOIN innovation_payment p ON p.case_id = d.case_id AND p.version = d.version
WHERE d.case_id = $1 ORDER BY d.id DESC LIMIT 1
