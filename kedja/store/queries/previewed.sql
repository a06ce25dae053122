-- That somebody was told what exists about a person, and by which rules.
INSERT INTO access_log (person, actor, action, decision, rules, request)
VALUES ($1::bigint, $2::integer, 'preview', 'permit', string_to_array($3::text, ' '), $4::text)
