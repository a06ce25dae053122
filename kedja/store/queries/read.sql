-- Resources by their ids, one for each request; their log rows in the same statement. What no rule of the law permits is not told.
WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[]) WITH ORDINALITY AS w (type, id, actor, request, place)
), found AS MATERIALIZED (
    SELECT w.place, r.version, r.updated, r.deleted, r.person, r.body, r.labels, {rule} AS rule
    FROM wanted w JOIN resource r ON r.type = w.type AND r.id = w.id
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT coalesce(f.person, 0), w.actor, 'read',
           CASE WHEN f.person IS NULL THEN 'not-found' WHEN f.rule <> '' THEN 'permit' ELSE 'deny' END,
           CASE WHEN f.rule <> '' THEN ARRAY[f.rule] ELSE '{}' END
               || CASE WHEN f.rule <> '' AND (f.labels & 16777216) <> 0 THEN ARRAY['SP-3'] ELSE '{}' END,
           ARRAY[w.type || '/' || w.id], w.request
    FROM wanted w LEFT JOIN found f ON f.place = w.place
)
SELECT place, version, updated, deleted, person, body, labels, rule FROM found WHERE rule <> ''
