-- What one human did at sign-in, the newest first.
SELECT minute, what, place, times FROM sign_in_log WHERE subject = $1 AND minute >= now() - $2::interval ORDER BY minute DESC LIMIT 100
