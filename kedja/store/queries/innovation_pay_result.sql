INSERT INTO innovation_payment_result (case_id, day, paid, gained, text, actor, name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
