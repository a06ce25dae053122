-- The current versions of these keys become history; what was derived from them goes.
WITH kept AS (
    INSERT INTO resource_history (key, version, type, id, updated, deleted, person, regime, provider, unit, source,
                                  labels, doc_start, doc_end, body)
    SELECT key, version, type, id, updated, deleted, person, regime, provider, unit, source,
           labels, doc_start, doc_end, body
    FROM resource WHERE key = ANY ($1::bigint[])
), strings AS (
    DELETE FROM search_string WHERE resource = ANY ($1::bigint[])
), dates AS (
    DELETE FROM search_date WHERE resource = ANY ($1::bigint[])
), numbers AS (
    DELETE FROM search_number WHERE resource = ANY ($1::bigint[])
), composites AS (
    DELETE FROM search_composite WHERE resource = ANY ($1::bigint[])
), relations AS (
    DELETE FROM care_relation WHERE resource = ANY ($1::bigint[])
), consents AS (
    DELETE FROM consent WHERE resource = ANY ($1::bigint[])
)
DELETE FROM block WHERE resource = ANY ($1::bigint[])
