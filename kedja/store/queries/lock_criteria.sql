-- One who creates under a criterion waits for the one before; and what is searched after this is planned for its values.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true), pg_advisory_xact_lock(key)
FROM unnest($1::bigint[]) AS criterion (key)
