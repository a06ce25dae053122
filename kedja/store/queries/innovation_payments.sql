-- How it was said who pays for a case ($1), the newest first, each with what was decided about it.
SELECT p.version, p.models::text AS models, p.activity::text AS activity, p.flows::text AS flows, p.hinders, p.remedy, p.name, p.at,
       d.outcome, d.reason, d.review, d.name AS decider, d.title AS decider_title, d.at AS decided
FROM innovation_payment p
LEFT JOIN LATERAL (SELECT * FROM innovation_payment_decision x WHERE x.case_id = p.case_id AND x.version = p.version
                   ORDER BY x.id DESC LIMIT 1) d ON true
WHERE p.case_id = $1 ORDER BY p.version DESC
