-- This human's sessions that hold, the latest used first.
SELECT key, actor, browser, created, seen, ends FROM session
WHERE subject = $1 AND ends > now() AND seen > now() - $2::interval ORDER BY seen DESC, key DESC
