UPDATE innovation_entry SET current = false WHERE kind = $1 AND number = $2::integer AND current
