-- The whole changeable part of a case that the transaction has locked.
UPDATE innovation_case
SET version = version + 1, machine = $2, status = $3, phases = $4::text[], zone = $5, openness = $6, confidential = $7,
    pilot = $8, pilot_name = $9, title = $10, problem = $11::text::jsonb, updated = $12
WHERE id = $1
