-- All that is kept of these resources, in whatever version, and all that follows from them. Gives the tokens they had.
WITH gone AS (
    DELETE FROM resource WHERE key = ANY ($1::bigint[]) RETURNING tokens
), past AS (
    DELETE FROM resource_past WHERE origin = ANY ($1::bigint[]) RETURNING key, tokens
), keys AS (
    SELECT unnest($1::bigint[]) AS key UNION ALL SELECT key FROM past
), versions AS (
    DELETE FROM resource_history WHERE key = ANY ($1::bigint[])
), strings AS (
    DELETE FROM search_string WHERE resource IN (SELECT key FROM keys)
), dates AS (
    DELETE FROM search_date WHERE resource IN (SELECT key FROM keys)
), numbers AS (
    DELETE FROM search_number WHERE resource IN (SELECT key FROM keys)
), composites AS (
    DELETE FROM search_composite WHERE resource IN (SELECT key FROM keys)
), relations AS (
    DELETE FROM care_relation WHERE resource = ANY ($1::bigint[])
), consents AS (
    DELETE FROM consent WHERE resource = ANY ($1::bigint[])
), blocks AS (
    DELETE FROM block WHERE resource = ANY ($1::bigint[])
), states AS (
    DELETE FROM subject_state WHERE resource = ANY ($1::bigint[])
), representations AS (
    DELETE FROM representation WHERE resource = ANY ($1::bigint[])
), lifts AS (
    DELETE FROM lift WHERE resource = ANY ($1::bigint[])
)
SELECT DISTINCT t.hash FROM search_text t
WHERE t.hash IN (SELECT unnest(tokens) FROM gone UNION SELECT unnest(tokens) FROM past)
