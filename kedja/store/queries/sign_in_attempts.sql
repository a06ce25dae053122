-- What was tried by nobody who is known here, day by day, the most tried first; that it was looked at is logged.
WITH logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, request, detail)
    VALUES (0, $2::integer, 'review', 'permit', ARRAY[$3::text], $4::text, 'sign-in log')
)
SELECT (minute AT TIME ZONE 'Europe/Stockholm')::date AS day, what, place, sum(times)::integer AS times, max(minute) AS latest
FROM sign_in_log WHERE subject = '' AND minute >= now() - $1::interval
GROUP BY 1, 2, 3 ORDER BY day DESC, times DESC, what, place LIMIT 200
