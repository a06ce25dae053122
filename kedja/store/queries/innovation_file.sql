INSERT INTO innovation_case (id, machine, status, openness, confidential, giver, giver_name, giver_org, org, org_name, unit,
                             unit_name, title, problem, created, updated)
VALUES ($1, $2, 'filed', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text::jsonb, $14, $14)
