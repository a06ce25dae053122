SELECT count(*)::integer FROM innovation_notice WHERE actor = $1 AND seen IS NULL
