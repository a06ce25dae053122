-- The cases that this actor ($1, of $2, with roles $3) sees and that are not closed, or all ($4), each with its newest weighing and
-- since when it has waited, and who pays: the newest description, and what was last decided.
SELECT c.id, c.number, c.title, c.org, c.org_name, c.machine, c.phases, c.status, c.zone, seen.level,
       w.areas, w.segments, w.scores, w.cost, w.yearly, w.saves, w.reach, w.place, waits.since, pay.flows,
       pay.decided
FROM innovation_case c
CROSS JOIN LATERAL (SELECT innovation_level(c, $1, $2, $3::text[]) AS level) seen
LEFT JOIN LATERAL (SELECT * FROM innovation_weight x WHERE x.case_id = c.id ORDER BY x.version DESC LIMIT 1) w ON true
LEFT JOIN LATERAL (SELECT min(v.since) AS since FROM innovation_wait v WHERE v.case_id = c.id AND v.done IS NULL) waits ON true
LEFT JOIN LATERAL (SELECT p.flows::text AS flows, (SELECT d.outcome FROM innovation_payment_decision d WHERE d.case_id = c.id
                                                   ORDER BY d.id DESC LIMIT 1) AS decided
                   FROM innovation_payment p WHERE p.case_id = c.id ORDER BY p.version DESC LIMIT 1) pay ON true
WHERE seen.level > 0 AND ($4::boolean OR c.status <> 'closed')
ORDER BY c.number LIMIT 2000
