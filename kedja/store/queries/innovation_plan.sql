INSERT INTO innovation_plan (case_id, org, name, owner, starts, done_by, step, adapted, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (case_id, org) DO UPDATE
SET name = excluded.name, owner = excluded.owner, starts = excluded.starts, done_by = excluded.done_by, step = excluded.step,
    adapted = excluded.adapted, at = excluded.at
