-- That the log of a period was looked over, about nobody: when, for which provider, how much was drawn.
INSERT INTO access_log (person, actor, action, decision, rules, request, detail)
VALUES (0, $1::integer, 'review', 'permit', ARRAY['L-2'], $2::text, $3::text)
