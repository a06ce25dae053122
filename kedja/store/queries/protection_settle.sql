-- What is kept of these persons has the label of protected identity (1 << 24), or has it not, as one of their Patients says; a
-- resource that says so itself (label 2) has it anyway. Tells whether anything was so that this transaction did not write.
WITH state AS (
    SELECT p.person, EXISTS (SELECT FROM subject_state s WHERE s.person = p.person AND s.kind = 'protected') AS protected
    FROM unnest($1::bigint[]) AS p (person)
), history AS (
    UPDATE resource_history h SET labels = h.labels # 16777216
    FROM state WHERE h.person = state.person AND ((h.labels & 16777216) <> 0) <> (state.protected OR (h.labels & 2) <> 0)
), past AS (
    UPDATE resource_past h SET labels = h.labels # 16777216
    FROM state WHERE h.person = state.person AND ((h.labels & 16777216) <> 0) <> (state.protected OR (h.labels & 2) <> 0)
), current AS (
    UPDATE resource r SET labels = r.labels # 16777216
    FROM state WHERE r.person = state.person AND ((r.labels & 16777216) <> 0) <> (state.protected OR (r.labels & 2) <> 0)
    RETURNING r.xid
)
SELECT coalesce(bool_or(xid <> pg_current_xact_id()), false) FROM current
