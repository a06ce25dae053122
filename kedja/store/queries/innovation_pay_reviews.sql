-- Cases whose payment was to be reviewed by $1 and that nobody has followed up since that day nor was asked to.
SELECT c.id, c.org, c.pilot, c.pilot_name, d.id AS decision
FROM innovation_case c
JOIN LATERAL (SELECT * FROM innovation_payment_decision x WHERE x.case_id = c.id ORDER BY x.id DESC LIMIT 1) d ON true
WHERE c.status = 'open' AND d.outcome <> 'not' AND d.review <= $1::date
  AND NOT EXISTS (SELECT FROM innovation_payment_result r WHERE r.case_id = c.id AND r.day >= d.review)
  AND NOT EXISTS (SELECT FROM innovation_wait w WHERE w.case_id = c.id AND w.what = 'payment' AND w.done IS NULL)
ORDER BY c.id
