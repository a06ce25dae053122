-- A measure with its baseline; one of the same name is the same, and its baseline stands once there are results.
INSERT INTO innovation_measure (case_id, name, unit, direction, baseline, baseline_day, source, target, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (case_id, name) DO UPDATE
SET unit = excluded.unit, direction = excluded.direction, baseline = excluded.baseline, baseline_day = excluded.baseline_day,
    source = excluded.source, target = excluded.target
WHERE NOT EXISTS (SELECT FROM innovation_result r WHERE r.measure = innovation_measure.id)
RETURNING id
