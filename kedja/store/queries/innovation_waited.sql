-- Waiting ends: for this, or, where $2 is '', for everything.
UPDATE innovation_wait SET done = $4
WHERE case_id = $1 AND done IS NULL AND ($2 = '' OR what = $2) AND ($3 = '' OR about = $3)
