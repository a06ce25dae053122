-- Who introduces a case, and how far they are, with where they lie on the map.
SELECT p.*, o.kind, o.part_of, o.tile_x, o.tile_y
FROM innovation_plan p LEFT JOIN innovation_org o ON o.org = p.org
WHERE p.case_id = $1 ORDER BY p.name
