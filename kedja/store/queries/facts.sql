-- All facts of these persons, each table's columns in those that they share.
SELECT 'care_relation' AS place, person, NULL AS kind, provider, unit, NULL AS employee, starts, ends,
       NULL::timestamptz AS info_start, NULL::timestamptz AS info_end, NULL::integer AS bits, NULL::bigint AS representative,
       NULL AS to_provider, NULL AS to_unit, NULL AS reason
FROM care_relation WHERE person = ANY ($1::bigint[])
UNION ALL
SELECT 'consent', person, kind, provider, unit, employee, starts, ends, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM consent WHERE person = ANY ($1::bigint[])
UNION ALL
SELECT 'block', person, kind, provider, unit, NULL, starts, ends, info_start, info_end, excluded, NULL, NULL, NULL, NULL
FROM block WHERE person = ANY ($1::bigint[])
UNION ALL
SELECT 'subject_state', person, kind, provider, unit, NULL, starts, ends, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM subject_state WHERE person = ANY ($1::bigint[])
UNION ALL
SELECT 'representation', person, kind, NULL, NULL, NULL, starts, ends, NULL, NULL, classes, representative, NULL, NULL, NULL
FROM representation WHERE person = ANY ($1::bigint[])
UNION ALL
SELECT 'lift', person, kind, provider, unit, to_employee, starts, ends, NULL, NULL, NULL, NULL, to_provider, to_unit, reason
FROM lift WHERE person = ANY ($1::bigint[])
