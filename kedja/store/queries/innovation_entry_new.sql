INSERT INTO innovation_entry (kind, number, version, current, state, open, title, body, due, language, origin, author, org, org_name,
                              editor, editor_name, note, at, made)
VALUES ($1, $2, $3, true, $4, $5, $6, $7::text::jsonb, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
