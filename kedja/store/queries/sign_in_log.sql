INSERT INTO sign_in_log (minute, what, place, subject) VALUES (date_trunc('minute', now()), $1, $2, $3)
ON CONFLICT (minute, what, place, subject) DO UPDATE SET times = sign_in_log.times + 1
