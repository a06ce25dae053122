-- Sessions of this human: the one with this key, or all of them.
DELETE FROM session WHERE subject = $1 AND ($2::bigint IS NULL OR key = $2) RETURNING key
