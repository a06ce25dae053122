-- The copies of one joint plan of one person: $2 the token of what they have in common.
SELECT r.id FROM resource r WHERE r.person = $1::bigint AND r.type = 'CarePlan' AND r.tokens @> ARRAY[$2::bigint] AND NOT r.deleted
