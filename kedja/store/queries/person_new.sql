INSERT INTO person (created) SELECT now() FROM generate_series(1, $1::integer) RETURNING key
