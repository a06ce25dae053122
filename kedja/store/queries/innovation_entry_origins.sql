-- What was read from elsewhere before: the current entries of a kind by where they came from.
SELECT origin, number, version, state, body, title, made FROM innovation_entry WHERE kind = $1 AND current AND origin = ANY ($2::text[])
