-- The session goes on under a new id, as another actor: who holds the old id holds nothing.
UPDATE session SET id = $2, actor = $3, assignment = $4, seen = now() WHERE id = $1 RETURNING key
