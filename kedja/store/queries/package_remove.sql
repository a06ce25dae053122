-- One version of a package, or where $2 is null every one.
DELETE FROM package WHERE name = $1 AND ($2::text IS NULL OR version = $2) RETURNING version
