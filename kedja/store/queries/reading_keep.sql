INSERT INTO reading (subject, easy, large) VALUES ($1, $2, $3)
ON CONFLICT (subject) DO UPDATE SET easy = $2, large = $3, changed = now()
