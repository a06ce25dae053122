-- That the whole log was written to files.
INSERT INTO access_log (person, actor, action, decision, request, detail)
VALUES (0, $1::integer, 'log', 'permit', $2::text, 'archived to ' || $3::text)
