-- What a case uses, and how many other cases use it too.
SELECT t.thing, t.name, t.version,
       (SELECT count(*) FROM innovation_thing o WHERE o.thing = t.thing AND o.case_id <> $1)::integer AS others
FROM innovation_thing t WHERE t.case_id = $1 ORDER BY t.name
