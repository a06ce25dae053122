-- What was taken out of the log when its time was over, the smallest first.
SELECT size, before, text, signature, key FROM audit_pruned ORDER BY size
