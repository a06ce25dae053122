-- About this many resources, of pages drawn at random.
SELECT key FROM resource TABLESAMPLE SYSTEM (
    (SELECT least(100, 300.0 * $1::integer / greatest(1, (SELECT count(*) FROM resource))))
) ORDER BY random() LIMIT $1::integer
