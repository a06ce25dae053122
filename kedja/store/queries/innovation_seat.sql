INSERT INTO innovation_seat (org, seat, actor, name, title) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org, seat, actor) DO UPDATE SET name = excluded.name, title = excluded.title
