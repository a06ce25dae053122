-- The registry's latest value against what the health centre measured closest to it, at most 30 days apart.
SELECT latest.person, (SELECT min(d.patient) FROM diabetes d WHERE d.person = latest.person) AS patient,
       latest.day AS day, latest.hba1c AS registry_hba1c, closest.hba1c AS journal_hba1c,
       (SELECT count(*)::integer FROM plasma p WHERE p.person = latest.person) AS plasma_samples,
       (SELECT round(avg(s.steps)) FROM steps s WHERE s.person = latest.person) AS mean_steps
FROM (
    SELECT DISTINCT ON (person) person, hba1c, left(taken, 10) AS day FROM registry ORDER BY person, taken DESC
) latest
CROSS JOIN LATERAL (
    SELECT j.hba1c FROM journal j
    WHERE j.person = latest.person AND abs(left(j.taken, 10)::date - latest.day::date) <= 30
    ORDER BY abs(left(j.taken, 10)::date - latest.day::date), j.taken DESC LIMIT 1
) closest
WHERE closest.hba1c <> latest.hba1c
  AND EXISTS (SELECT FROM diabetes d WHERE d.person = latest.person)
  AND EXISTS (SELECT FROM plasma p WHERE p.person = latest.person)
  AND EXISTS (SELECT FROM steps s WHERE s.person = latest.person)
ORDER BY abs(closest.hba1c - latest.hba1c) DESC, latest.person
