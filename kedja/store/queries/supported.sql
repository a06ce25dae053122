-- That what was read was sent to decision support, where, and by which hook.
INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
VALUES ($1::bigint, $2::integer, 'support', 'permit', $3::text[], $4::text[], $5::text, $6::text)
