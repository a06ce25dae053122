-- The innovation portal: cases from idea to broad use. No health data: plain tables, behind the same gate and in the same log.

-- Who takes part: regions, municipalities, their units, authorities, companies, organisations of patients. `tile_x`, `tile_y`:
-- where its tile lies on the map; null for what is not drawn.
CREATE TABLE innovation_org (
    org       text COLLATE "C" PRIMARY KEY,      -- HSA-id, or the organisation's number
    name      text NOT NULL,
    kind      text COLLATE "C" NOT NULL,         -- region | municipality | unit | authority | company | patients
    part_of   text COLLATE "C" NOT NULL DEFAULT '',
    tile_x    smallint,
    tile_y    smallint,
    model     text NOT NULL DEFAULT ''           -- a model municipality: what others may learn there
);

-- Who decides at an organisation (`kedja/innovation/seats.toml`).
CREATE TABLE innovation_seat (
    org       text COLLATE "C" NOT NULL,
    seat      text COLLATE "C" NOT NULL,
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    title     text NOT NULL,
    since     date NOT NULL DEFAULT current_date,
    PRIMARY KEY (org, seat, actor)
);

CREATE TABLE innovation_case (
    id        text COLLATE "C" PRIMARY KEY,
    number    integer GENERATED ALWAYS AS IDENTITY UNIQUE,  -- what people call it by
    version   integer NOT NULL DEFAULT 1,        -- counted up by each change: two who change at once are told so
    machine   text COLLATE "C" NOT NULL,         -- drug | medtech | service | organisation | process | system; '' not settled yet
    status    text COLLATE "C" NOT NULL,         -- filed | open | paused | closed
    phases    text[] NOT NULL DEFAULT '{}',      -- under way; of a closed or paused case those that it had
    zone      text COLLATE "C" NOT NULL DEFAULT '',         -- green | yellow | red; '' not asked yet
    openness  text COLLATE "C" NOT NULL DEFAULT 'shared',   -- closed | shared | published
    confidential text COLLATE "C" NOT NULL DEFAULT '',      -- secret (a company's) | procurement; '' not
    giver     text COLLATE "C" NOT NULL,         -- the actor who gave it
    giver_name text NOT NULL,
    giver_org text COLLATE "C" NOT NULL DEFAULT '',
    org       text COLLATE "C" NOT NULL,         -- the line organisation that owns it
    org_name  text NOT NULL,
    unit      text COLLATE "C" NOT NULL DEFAULT '',
    unit_name text NOT NULL DEFAULT '',
    pilot     text COLLATE "C" NOT NULL DEFAULT '',
    pilot_name text NOT NULL DEFAULT '',
    title     text NOT NULL,
    problem   jsonb NOT NULL,                    -- the answers to `kedja/innovation/intake.toml`
    created   timestamptz NOT NULL DEFAULT now(),
    updated   timestamptz NOT NULL DEFAULT now(),
    words     tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('swedish'::regconfig, title), 'A') || setweight(to_tsvector('english'::regconfig, title), 'A')
        || to_tsvector('swedish'::regconfig, problem) || to_tsvector('english'::regconfig, problem)
    ) STORED,
    CHECK (openness = 'closed' OR confidential = '')        -- what is confidential is closed until it is published
);
CREATE INDEX innovation_case_words ON innovation_case USING gin (words);
CREATE INDEX innovation_case_org ON innovation_case (org, status);
CREATE INDEX innovation_case_giver ON innovation_case (giver);

-- Who takes part in a case: one person (`actor`), or everybody of an organisation (`org`, with actor '').
CREATE TABLE innovation_party (
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    actor     text COLLATE "C" NOT NULL DEFAULT '',
    org       text COLLATE "C" NOT NULL DEFAULT '',
    name      text NOT NULL,
    role      text COLLATE "C" NOT NULL,         -- company | patients | unit | expert
    since     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (case_id, actor, org)
);
CREATE INDEX innovation_party_actor ON innovation_party (actor);
CREATE INDEX innovation_party_org ON innovation_party (org);

-- What has happened to a case; nothing is changed or taken away. `open`: shown to all who see the case.
CREATE TABLE innovation_event (
    seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    at        timestamptz NOT NULL DEFAULT now(),
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    title     text NOT NULL DEFAULT '',
    org       text COLLATE "C" NOT NULL DEFAULT '',
    org_name  text NOT NULL DEFAULT '',
    kind      text COLLATE "C" NOT NULL,         -- filed | settled | decision | changed | message | party | ...
    phase     text COLLATE "C" NOT NULL DEFAULT '',
    body      jsonb NOT NULL DEFAULT '{}',
    open      boolean NOT NULL DEFAULT true
);
CREATE INDEX innovation_event_case ON innovation_event (case_id, seq);

-- What a case waits for, on whom, since when. `actor` is one person, `seat` whoever holds it at `org`, `role` whoever has it there.
CREATE TABLE innovation_wait (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    what      text COLLATE "C" NOT NULL,         -- triage | gate | answer | baseline | follow-up | plan | ...
    about     text COLLATE "C" NOT NULL DEFAULT '',         -- the phase, the measure, the unit
    org       text COLLATE "C" NOT NULL DEFAULT '',
    role      text COLLATE "C" NOT NULL DEFAULT '',
    seat      text COLLATE "C" NOT NULL DEFAULT '',
    actor     text COLLATE "C" NOT NULL DEFAULT '',
    name      text NOT NULL DEFAULT '',
    since     timestamptz NOT NULL DEFAULT now(),
    due       timestamptz,
    done      timestamptz
);
CREATE INDEX innovation_wait_case ON innovation_wait (case_id) WHERE done IS NULL;
CREATE INDEX innovation_wait_org ON innovation_wait (org) WHERE done IS NULL;
CREATE UNIQUE INDEX innovation_wait_once ON innovation_wait (case_id, what, about) WHERE done IS NULL;

-- What belongs together: a case of a programme, one that is like another, one that copies another's package.
CREATE TABLE innovation_link (
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    kind      text COLLATE "C" NOT NULL,         -- part-of | like | copy-of | same-thing
    other     text COLLATE "C" NOT NULL REFERENCES innovation_case,
    note      text NOT NULL DEFAULT '',
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (case_id, kind, other)
);
CREATE INDEX innovation_link_other ON innovation_link (other);

-- How much of a case an actor sees: 0 nothing, 1 what is open, 2 all. The same as `kedja.innovation.roles.level`.
CREATE FUNCTION innovation_level(seen innovation_case, actor text, org text, roles text[]) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN seen.giver = $2 THEN 2
        WHEN $3 <> '' AND seen.org = $3
             AND $4 && CASE WHEN seen.confidential = '' THEN ARRAY['pilot', 'decider', 'analyst', 'rules']
                            ELSE ARRAY['pilot', 'decider'] END THEN 2
        WHEN EXISTS (SELECT FROM innovation_party p WHERE p.case_id = seen.id
                     AND (p.actor = $2 OR p.actor = '' AND p.org <> '' AND p.org = $3)) THEN 2
        WHEN seen.openness = 'published' THEN 1
        WHEN seen.openness = 'shared' AND seen.confidential = '' AND 'care' = ANY ($4) THEN 1
        ELSE 0
    END
$$;
