INSERT INTO innovation_reply (kind, number, reply, option, text, open, author, author_name, org, org_name, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id
