-- Whose additions hold for this actor ($1, of $2, with roles $3): those of the owner of the case ($4) that they see, else their own.
SELECT coalesce((SELECT c.org FROM innovation_case c WHERE c.id = $4 AND innovation_level(c, $1, $2, $3::text[]) > 0), $2)
