-- What a case is weighed by in the portfolio: each weighing is kept, the newest holds.
CREATE TABLE innovation_weight (
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    version   integer NOT NULL,
    areas     text[] NOT NULL,                   -- areas of need: `kedja/innovation/catalogues/lists.toml`
    segments  text[] NOT NULL,                   -- groups of patients: `kedja/innovation/priority.toml`
    scores    jsonb NOT NULL,                    -- {criterion: 0 to 5} of priority.toml
    cost      bigint,                            -- kronor, once
    yearly    bigint,                            -- kronor a year, in use
    saves     bigint,                            -- kronor a year
    reach     integer,                           -- people a year
    place     text COLLATE "C" NOT NULL,         -- now | next | later | not | open: the place of priority.toml that was decided
    reason    text NOT NULL,
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (case_id, version)
);

-- What of the catalogues a case builds on.
CREATE TABLE innovation_used (
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    kind      text COLLATE "C" NOT NULL,
    number    integer NOT NULL,
    note      text NOT NULL,
    name      text NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (case_id, kind, number)
);
CREATE INDEX innovation_used_entry ON innovation_used (kind, number);
