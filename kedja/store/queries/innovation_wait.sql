-- Waiting begins; where it waits for the same already, since then.
INSERT INTO innovation_wait (case_id, what, about, org, role, seat, actor, name, since, due)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (case_id, what, about) WHERE done IS NULL
DO UPDATE SET org = excluded.org, role = excluded.role, seat = excluded.seat, actor = excluded.actor, name = excluded.name,
              due = excluded.due
