-- What this HSA-id may act as on this day.
SELECT * FROM assignment
WHERE hsa_id = $1 AND coalesce(starts, '-infinity') <= $2::date AND coalesce(ends, 'infinity') >= $2::date
ORDER BY provider_name, unit_name, purpose, id
