SELECT minute, what, place, subject, times FROM sign_in_log WHERE minute >= now() - $1::interval ORDER BY minute, what, place, subject
