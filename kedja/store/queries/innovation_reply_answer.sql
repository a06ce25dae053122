-- The answer opens what was asked to all.
UPDATE innovation_reply SET answer = $4, answered_by = $5, answered = $6, open = true
WHERE id = $1 AND kind = $2 AND number = $3::integer RETURNING reply
