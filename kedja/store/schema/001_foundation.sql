-- Everything about a person carries `person`, the sharding key (0: about nobody).

CREATE TABLE person (
    key       bigint GENERATED ALWAYS AS IDENTITY (START 1) PRIMARY KEY,
    created   timestamptz NOT NULL DEFAULT now()
);

-- Identifier history (spec 3.1): numbers change, reserve numbers are linked, nothing is forgotten.
CREATE TABLE person_identifier (
    system    text COLLATE "C" NOT NULL,
    value     text COLLATE "C" NOT NULL,
    person    bigint NOT NULL REFERENCES person,
    status    text COLLATE "C" NOT NULL DEFAULT 'current' CHECK (status IN ('current', 'former', 'linked')),
    source    text COLLATE "C" NOT NULL DEFAULT '',
    basis     text NOT NULL DEFAULT '',          -- who or what confirmed a link or a change
    since     timestamptz NOT NULL DEFAULT now(),
    until     timestamptz,
    PRIMARY KEY (system, value)
);
CREATE INDEX person_identifier_person ON person_identifier (person);

-- The current version of every resource, with its custody and its hashed index.
CREATE TABLE resource (
    key          bigint PRIMARY KEY,               -- made by the writer, ordered by time (store.keys)
    type         text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    version      integer NOT NULL,
    updated      timestamptz NOT NULL,
    deleted      boolean NOT NULL DEFAULT false,
    person       bigint NOT NULL DEFAULT 0,
    regime       text COLLATE "C" NOT NULL,
    provider     text COLLATE "C" NOT NULL DEFAULT '',
    unit         text COLLATE "C" NOT NULL DEFAULT '',
    source       text COLLATE "C" NOT NULL DEFAULT '',
    labels       integer NOT NULL DEFAULT 0,
    doc_start    timestamptz,
    doc_end      timestamptz,
    content_hash bigint NOT NULL,
    self_hash    bigint NOT NULL,
    tokens       bigint[] NOT NULL,
    refs         bigint[] NOT NULL,
    body         text NOT NULL,                  -- JSON exactly as it is sent; '' when deleted
    UNIQUE (type, id)
);
CREATE INDEX resource_person ON resource (person, type, key);
CREATE INDEX resource_self ON resource (self_hash);
CREATE INDEX resource_hashes ON resource USING gin (tokens, refs);
CREATE INDEX resource_updated ON resource (type, updated);

-- Superseded versions.
CREATE TABLE resource_history (
    key          bigint NOT NULL,
    version      integer NOT NULL,
    type         text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    updated      timestamptz NOT NULL,
    deleted      boolean NOT NULL,
    person       bigint NOT NULL,
    regime       text COLLATE "C" NOT NULL,
    provider     text COLLATE "C" NOT NULL,
    unit         text COLLATE "C" NOT NULL,
    source       text COLLATE "C" NOT NULL,
    labels       integer NOT NULL,
    doc_start    timestamptz,
    doc_end      timestamptz,
    body         text NOT NULL,
    PRIMARY KEY (key, version)
);

-- Index values that are ranges or prefixes. `param` is search.hashing.param_hash(type, code); `resource` is resource.key.
CREATE TABLE search_string (
    resource  bigint NOT NULL,
    param     integer NOT NULL,
    value     text COLLATE "C" NOT NULL,         -- folded: lower case, no accents, single spaces
    exact     text COLLATE "C" NOT NULL,
    PRIMARY KEY (resource, param, exact)
);
CREATE INDEX search_string_value ON search_string (param, value text_pattern_ops);

CREATE TABLE search_date (
    resource  bigint NOT NULL,
    param     integer NOT NULL,
    lo        timestamptz NOT NULL,              -- first instant that the value covers
    hi        timestamptz NOT NULL,              -- first instant after it ('infinity' when open)
    PRIMARY KEY (resource, param, lo, hi)
);
CREATE INDEX search_date_value ON search_date (param, lo, hi);

CREATE TABLE search_number (
    resource  bigint NOT NULL,
    param     integer NOT NULL,
    value     numeric NOT NULL,
    lo        numeric NOT NULL,                  -- range of the value's implied precision: [lo, hi)
    hi        numeric NOT NULL,
    unit      bigint NOT NULL DEFAULT 0,         -- hash64('system|code') of a quantity, 0 for a number
    code      bigint NOT NULL DEFAULT 0,         -- hash64(code or unit text)
    PRIMARY KEY (resource, param, value, unit, code)
);
CREATE INDEX search_number_value ON search_number (param, lo, hi);

-- Facts of the law: projections of FHIR resources, written in the transaction that writes the resource.
CREATE TABLE care_relation (
    person    bigint NOT NULL,
    resource  bigint NOT NULL,
    provider  text COLLATE "C" NOT NULL,
    unit      text COLLATE "C" NOT NULL DEFAULT '',
    starts    timestamptz,
    ends      timestamptz,
    PRIMARY KEY (person, resource, provider, unit)
);
CREATE TABLE consent (
    person    bigint NOT NULL,
    resource  bigint NOT NULL,
    kind      text COLLATE "C" NOT NULL,         -- svod | emergency | wellness-share
    provider  text COLLATE "C" NOT NULL,         -- who may read
    unit      text COLLATE "C",                  -- null: the whole provider
    employee  text COLLATE "C",                  -- null: everyone at the unit; else HSA-id or actor id
    starts    timestamptz,
    ends      timestamptz,
    PRIMARY KEY (person, resource, provider, kind)
);
CREATE TABLE block (
    person    bigint NOT NULL,
    resource  bigint NOT NULL,
    kind      text COLLATE "C" NOT NULL,         -- inner | outer | registry
    provider  text COLLATE "C" NOT NULL,         -- who holds what is blocked
    unit      text COLLATE "C",                  -- null: the whole provider
    info_start timestamptz,                      -- information period; null is open
    info_end  timestamptz,
    excluded  integer NOT NULL DEFAULT 0,        -- label bits that the block does not cover (lak, upp)
    starts    timestamptz,
    ends      timestamptz,
    PRIMARY KEY (person, resource, provider, kind)
);
CREATE INDEX care_relation_resource ON care_relation (resource);
CREATE INDEX consent_resource ON consent (resource);
CREATE INDEX block_resource ON block (resource);

-- Who acted: one row for each distinct (actor, assignment), so that a log row stays small.
CREATE TABLE log_actor (
    key       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest    bigint NOT NULL UNIQUE,
    actor     text COLLATE "C" NOT NULL,
    kind      text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    title     text NOT NULL,
    purpose   text COLLATE "C" NOT NULL,
    provider  text COLLATE "C" NOT NULL,
    provider_name text NOT NULL,
    unit      text COLLATE "C" NOT NULL,
    unit_name text NOT NULL
);

-- The access log (PDL 4:3, SVOD 4:4; spec 1.6): one row for each (request, person) that it touched.
CREATE TABLE access_log (
    seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    person    bigint NOT NULL,                   -- 0: nobody's
    actor     integer NOT NULL,
    action    text COLLATE "C" NOT NULL,         -- read | vread | search | history | create | update | delete | import | open | ...
    decision  text COLLATE "C" NOT NULL,         -- permit | deny | not-found
    rules     text[] NOT NULL DEFAULT '{}',      -- the rules that permitted, or that would have been needed
    resources text[] NOT NULL DEFAULT '{}',      -- Type/id[/_history/version]
    request   text COLLATE "C" NOT NULL DEFAULT '',
    detail    text NOT NULL DEFAULT ''           -- search text, or the reason given at an emergency opening
);
CREATE INDEX access_log_person ON access_log (person, at);

-- What comes in: a source is registered once (spec: sources).
CREATE TABLE source (
    name      text COLLATE "C" PRIMARY KEY,
    definition jsonb NOT NULL,
    registered timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE import_progress (
    source    text COLLATE "C" NOT NULL,
    file      text COLLATE "C" NOT NULL,         -- path as given and fingerprint of the content
    position  bigint NOT NULL,                   -- records of the file that are settled
    counts    jsonb NOT NULL DEFAULT '{}',
    done      boolean NOT NULL DEFAULT false,
    updated   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, file)
);

-- Small state of the installation: how far the demo region is, and the like.
CREATE TABLE system_state (
    name      text COLLATE "C" PRIMARY KEY,
    value     jsonb NOT NULL,
    updated   timestamptz NOT NULL DEFAULT now()
);

-- Every version of every resource, with the columns that conditions look at.
CREATE VIEW resource_version AS
    SELECT key, version, type, id, updated, deleted, person, regime, provider, unit, source, labels, doc_start, doc_end, body
    FROM resource
    UNION ALL
    SELECT key, version, type, id, updated, deleted, person, regime, provider, unit, source, labels, doc_start, doc_end, body
    FROM resource_history;
