-- How many coming times a person has booked at a unit: counted while their row is locked, so that two bookings at once are two.
SELECT count(*) FROM resource r
WHERE r.person = $1::bigint AND r.type = 'Appointment' AND NOT r.deleted AND r.doc_start > $4::timestamptz
  AND r.provider = $2::text AND r.unit = $3::text AND r.body::jsonb ->> 'status' = 'booked'
