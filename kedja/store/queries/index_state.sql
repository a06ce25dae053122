SELECT name, value::text AS value FROM system_state WHERE name = 'index' OR name LIKE 'index:%'
