SELECT checksum FROM package WHERE name = $1 AND version = $2
