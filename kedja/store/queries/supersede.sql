-- The current versions of these keys become history; what was derived from them goes, except that their index stays under a
-- key of its own for as long as pages may ask for it (expire.sql).
WITH kept AS (
    INSERT INTO resource_history (key, version, type, id, updated, deleted, person, regime, provider, unit, source,
                                  labels, doc_start, doc_end, body)
    SELECT key, version, type, id, updated, deleted, person, regime, provider, unit, source,
           labels, doc_start, doc_end, body
    FROM resource WHERE key = ANY ($1::bigint[])
), past AS (
    INSERT INTO resource_past (origin, type, id, version, updated, person, regime, provider, unit, source,
                               labels, doc_start, doc_end, self_hash, tokens, refs, xid)
    SELECT key, type, id, version, updated, person, regime, provider, unit, source,
           labels, doc_start, doc_end, self_hash, tokens, refs, xid
    FROM resource WHERE key = ANY ($1::bigint[]) AND NOT deleted
    RETURNING key, origin
), strings AS (
    UPDATE search_string s SET resource = past.key FROM past WHERE s.resource = past.origin
), dates AS (
    UPDATE search_date d SET resource = past.key FROM past WHERE d.resource = past.origin
), numbers AS (
    UPDATE search_number n SET resource = past.key FROM past WHERE n.resource = past.origin
), composites AS (
    UPDATE search_composite c SET resource = past.key FROM past WHERE c.resource = past.origin
), relations AS (
    DELETE FROM care_relation WHERE resource = ANY ($1::bigint[])
), consents AS (
    DELETE FROM consent WHERE resource = ANY ($1::bigint[])
), states AS (
    DELETE FROM subject_state WHERE resource = ANY ($1::bigint[])
), representations AS (
    DELETE FROM representation WHERE resource = ANY ($1::bigint[])
), lifts AS (
    DELETE FROM lift WHERE resource = ANY ($1::bigint[])
)
DELETE FROM block WHERE resource = ANY ($1::bigint[])
