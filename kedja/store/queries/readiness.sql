-- $1: the name of the demo's state
SELECT (SELECT count(*) FROM schema_version) AS applied,
       (SELECT value::text FROM system_state WHERE name = $1) AS demo
