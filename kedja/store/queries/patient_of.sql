-- The Patient by which this person is referred to: the oldest that is kept.
SELECT id FROM resource WHERE person = $1 AND type = 'Patient' AND NOT deleted ORDER BY key LIMIT 1
