DELETE FROM innovation_seat WHERE org = $1 AND seat = $2 AND actor = $3
