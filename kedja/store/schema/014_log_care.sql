-- The log by its time, for who looks it over and for what is older than it is kept: rows are written in the order of time, so
-- that a few bytes for each hundred pages find them.
CREATE INDEX access_log_at ON access_log USING brin (at) WITH (pages_per_range = 16);

-- What was taken out of the log when its time was over: its first `size` leaves have no rows any more, but an archive, which the
-- signed text names. Rows of before `before` are not asked for.
CREATE TABLE audit_pruned (
    size      bigint PRIMARY KEY,
    before    timestamptz NOT NULL,
    text      text NOT NULL,
    signature bytea NOT NULL,
    key       bytea NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
