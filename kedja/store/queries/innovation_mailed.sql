UPDATE innovation_notice SET mailed = $2 WHERE id = ANY ($1::bigint[])
