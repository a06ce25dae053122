-- Leaves, subtrees and how far the log is sealed now.
WITH leaves AS (
    INSERT INTO audit_leaf (position, seq, hash) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
), nodes AS (
    INSERT INTO audit_node (level, place, hash) SELECT * FROM unnest($4::smallint[], $5::bigint[], $6::bytea[])
)
UPDATE audit_sealed SET xid = $7::text::xid8, seq = $8::bigint, size = $9::bigint, peaks = $10::bytea
