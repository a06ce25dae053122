SELECT * FROM innovation_ready WHERE case_id = $1
