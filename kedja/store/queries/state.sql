SELECT value FROM system_state WHERE name = $1
