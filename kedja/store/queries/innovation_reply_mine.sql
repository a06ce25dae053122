SELECT count(*) FROM innovation_reply WHERE kind = $1 AND number = $2::integer AND reply = $3 AND author = $4
