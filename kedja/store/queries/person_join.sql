-- All that was kept about person $1 is kept about $2 from now on. The access log stays as it was written: the former key
-- remains known (log_of.sql).
WITH identifiers AS (
    UPDATE person_identifier SET person = $2 WHERE person = $1
), current AS (
    UPDATE resource SET person = $2 WHERE person = $1
), past AS (
    UPDATE resource_past SET person = $2 WHERE person = $1
), history AS (
    UPDATE resource_history SET person = $2 WHERE person = $1
), relations AS (
    UPDATE care_relation SET person = $2 WHERE person = $1
), consents AS (
    UPDATE consent SET person = $2 WHERE person = $1
)
UPDATE block SET person = $2 WHERE person = $1
