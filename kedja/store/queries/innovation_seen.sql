UPDATE innovation_notice SET seen = $2 WHERE actor = $1 AND seen IS NULL
