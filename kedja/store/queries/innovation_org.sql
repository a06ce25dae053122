INSERT INTO innovation_org (org, name, kind, part_of, tile_x, tile_y, model) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (org) DO UPDATE
SET name = excluded.name, kind = excluded.kind, part_of = excluded.part_of, tile_x = excluded.tile_x, tile_y = excluded.tile_y,
    model = excluded.model
