-- What an actor did with innovation cases, about no person: in the transaction that does it.
INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
VALUES (0, $1::integer, $2, 'permit', $3::text[], $4::text[], $5, $6)
