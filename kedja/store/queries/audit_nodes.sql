SELECT n.level, n.place, n.hash
FROM unnest($1::smallint[], $2::bigint[]) AS wanted (level, place) JOIN audit_node n USING (level, place)
