-- Appointments that begin before long and that nobody has been reminded of: a reminder's id is made of the appointment and its time.
SELECT r.id, r.person, r.provider, r.unit, r.body, due.id AS reminder
FROM resource r
CROSS JOIN LATERAL (SELECT 'reminder-' || md5(r.id || ' ' || extract(epoch FROM r.doc_start)::bigint) AS id) due
WHERE r.type = 'Appointment' AND NOT r.deleted AND r.person <> 0
  AND r.doc_start > $1::timestamptz AND r.doc_start <= $2::timestamptz AND r.body::jsonb ->> 'status' = 'booked'
  AND NOT EXISTS (SELECT FROM resource told WHERE told.type = 'Communication' AND told.id = due.id)
ORDER BY r.doc_start LIMIT 200
