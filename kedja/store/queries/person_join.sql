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
), states AS (
    UPDATE subject_state SET person = $2 WHERE person = $1
), represented AS (
    UPDATE representation
    SET person = CASE person WHEN $1 THEN $2 ELSE person END,
        representative = CASE representative WHEN $1 THEN $2 ELSE representative END
    WHERE person = $1 OR representative = $1
), lifts AS (
    UPDATE lift SET person = $2 WHERE person = $1
)
UPDATE block SET person = $2 WHERE person = $1
