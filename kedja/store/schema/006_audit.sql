-- The provable log. A row of the access log knows the transaction that wrote it, so that rows are sealed in an order in which
-- nothing comes between: once every transaction below some number has ended, no row of theirs can appear any more.
ALTER TABLE access_log ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX access_log_xid ON access_log (xid, seq);

-- The leaves of the Merkle tree, in the order in which they were sealed.
CREATE TABLE audit_leaf (
    position  bigint PRIMARY KEY,
    seq       bigint NOT NULL UNIQUE,
    hash      bytea NOT NULL
);
-- Perfect subtrees of level 8 and above; those below are made from their leaves when they are asked for.
CREATE TABLE audit_node (
    level     smallint NOT NULL,
    place     bigint NOT NULL,
    hash      bytea NOT NULL,
    PRIMARY KEY (level, place)
);
-- What was signed: never changed, and written to a file outside the database too. An installation whose key was replaced
-- has checkpoints of both.
CREATE TABLE audit_checkpoint (
    size      bigint NOT NULL,
    key       bytea NOT NULL,                    -- the public key, 32 bytes
    text      text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (key, size)
);
-- How far the log is sealed: the last leaf's row. One row.
CREATE TABLE audit_sealed (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    cluster   bigint NOT NULL,                   -- whose transaction numbers these are
    xid       xid8 NOT NULL,
    seq       bigint NOT NULL,
    size      bigint NOT NULL,
    peaks     bytea NOT NULL                     -- the tree's perfect subtrees from left to right, 32 bytes each
);
INSERT INTO audit_sealed (cluster, xid, seq, size, peaks)
SELECT system_identifier, '0', 0, 0, '' FROM pg_control_system();
