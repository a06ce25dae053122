-- The pages of a search are all of the moment of its first page (docs/adr/0010). A version knows the transaction that made
-- it; a superseded version keeps its index for a while, so that later pages find it where it stood.
ALTER TABLE resource ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE SEQUENCE resource_past_key INCREMENT BY -1;

CREATE TABLE resource_past (
    key          bigint PRIMARY KEY DEFAULT nextval('resource_past_key'),  -- what its rows of search_* have from now on
    origin       bigint NOT NULL,                  -- resource.key
    type         text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    version      integer NOT NULL,
    updated      timestamptz NOT NULL,
    person       bigint NOT NULL,
    regime       text COLLATE "C" NOT NULL,
    provider     text COLLATE "C" NOT NULL,
    unit         text COLLATE "C" NOT NULL,
    source       text COLLATE "C" NOT NULL,
    labels       integer NOT NULL,
    doc_start    timestamptz,
    doc_end      timestamptz,
    self_hash    bigint NOT NULL,
    tokens       bigint[] NOT NULL,
    refs         bigint[] NOT NULL,
    xid          xid8 NOT NULL,                    -- the transaction that made this version
    superseded   xid8 NOT NULL DEFAULT pg_current_xact_id(),  -- and the one that made the next
    until        timestamptz NOT NULL DEFAULT now() + interval '90 minutes'
);
CREATE INDEX resource_past_origin ON resource_past (origin, version);
CREATE INDEX resource_past_self ON resource_past (self_hash);
CREATE INDEX resource_past_person ON resource_past (person, type);
CREATE INDEX resource_past_newest ON resource_past (type, (origin + 0));
CREATE INDEX resource_past_hashes ON resource_past USING gin (tokens, refs);
CREATE INDEX resource_past_until ON resource_past (until);
