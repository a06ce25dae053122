-- What decisions about a case look at: measures with a baseline, readiness gates that are passed, cases that are part of it.
SELECT (SELECT count(*) FROM innovation_measure m WHERE m.case_id = $1 AND m.baseline IS NOT NULL)::integer AS measures,
       (SELECT coalesce(array_agg(r.gate), '{}') FROM innovation_ready r WHERE r.case_id = $1 AND r.passed) AS ready,
       (SELECT count(*) FROM innovation_link l WHERE l.other = $1 AND l.kind = 'part-of')::integer AS linked
