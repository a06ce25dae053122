-- Whom a person stands for now: of each kind, what is covered and until when (null: no end is known).
SELECT person, kind, bit_or(classes) AS classes, CASE WHEN bool_and(ends IS NOT NULL) THEN max(ends) END AS ends
FROM representation
WHERE representative = $1::bigint
  AND (starts IS NULL OR starts <= $2::timestamptz) AND (ends IS NULL OR ends > $2)
GROUP BY person, kind ORDER BY person, kind
