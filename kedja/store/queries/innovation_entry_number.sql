-- The next number of a kind. One at a time: the lock holds until the transaction ends.
SELECT coalesce(max(number), 0) + 1 FROM innovation_entry, (SELECT pg_advisory_xact_lock(hashtext('innovation_entry ' || $1))) alone
WHERE kind = $1
