SELECT * FROM innovation_party WHERE case_id = $1 ORDER BY since, name
