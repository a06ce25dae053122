-- A refused attempt, on its own: what it belonged to was rolled back.
INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
VALUES ($1, $2, $3, 'deny', string_to_array($4, ' '), string_to_array($5, ' '), $6, $7)
