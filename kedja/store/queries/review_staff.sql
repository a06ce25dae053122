-- The names of this provider's staff, as the log knows them.
SELECT DISTINCT name FROM log_actor WHERE provider = $1::text AND kind IN ('professional', 'care_worker') AND name <> ''
