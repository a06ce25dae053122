-- The order of a long search, for its further pages (docs/adr/0016). What is lost of it is found again: it is not logged.
CREATE UNLOGGED TABLE search_order (
    search    bigint NOT NULL,                   -- a number that the cursor of the search holds
    part      integer NOT NULL,
    keys      bigint[] NOT NULL,                 -- resource.key, in order; all parts but the last are equally long
    actor     integer NOT NULL,                  -- log_actor.key
    until     timestamptz NOT NULL DEFAULT now() + interval '1 hour',
    PRIMARY KEY (search, part)
);
CREATE INDEX search_order_actor ON search_order (actor, until) WHERE part = 0;
CREATE INDEX search_order_until ON search_order (until);
