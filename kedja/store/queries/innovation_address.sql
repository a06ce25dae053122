SELECT email FROM innovation_address WHERE actor = $1
