-- The parts of a kept order from $2 to $3, as one list of keys.
SELECT coalesce(array_agg(each.key ORDER BY part, each.place), '{}')
FROM search_order, unnest(keys) WITH ORDINALITY AS each (key, place)
WHERE search = $1::bigint AND part BETWEEN $2::integer AND $3::integer
