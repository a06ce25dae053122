-- What is published, the newest change first, for everybody: at most $1, after $2 others; $3: one by its id, '' for all.
SELECT id, number, machine, status, phases, zone, org, org_name, title, problem, created, updated, count(*) OVER () AS total
FROM innovation_case
WHERE openness = 'published' AND ($3 = '' OR id = $3)
ORDER BY updated DESC, id
LIMIT $1::integer OFFSET $2::integer
