-- Signals about what a case uses, the newest first: also those that were given before it used it.
SELECT s.id, s.thing, s.name, s.text, s.who, s.at, s.source = $1 AS own
FROM innovation_signal s WHERE s.thing IN (SELECT thing FROM innovation_thing WHERE case_id = $1) OR s.source = $1
ORDER BY s.id DESC
