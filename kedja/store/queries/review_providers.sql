-- The providers whose staff left rows in the log in a period.
SELECT DISTINCT a.provider FROM access_log l JOIN log_actor a ON a.key = l.actor
WHERE l.at >= $1::timestamptz AND l.at < $2::timestamptz AND a.provider <> '' AND a.kind IN ('professional', 'care_worker')
