-- What a case waits for now.
SELECT * FROM innovation_wait WHERE case_id = $1 AND done IS NULL ORDER BY since, id
