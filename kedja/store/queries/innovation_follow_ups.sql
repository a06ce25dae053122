-- Follow-ups whose time has come by $1 and that nobody was asked for: 6, 12 and 24 months after the first pilot began.
SELECT c.id, c.org, c.pilot, c.pilot_name, m.id AS measure, k.months
FROM innovation_case c
JOIN innovation_measure m ON m.case_id = c.id
CROSS JOIN (VALUES (6), (12), (24)) AS k (months)
WHERE c.status = 'open' AND c.trial_began + make_interval(months => k.months) <= $1
  AND NOT EXISTS (SELECT FROM innovation_result r WHERE r.measure = m.id AND r.months = k.months)
  AND NOT EXISTS (SELECT FROM innovation_wait w WHERE w.case_id = c.id AND w.what = 'follow-up' AND w.done IS NULL
                  AND w.about = k.months || ':' || m.id)
ORDER BY c.id, k.months, m.id
