-- What an innovation is measured by, before and after; what it showed; and what uses the same thing.

-- When its first pilot began: what follow-ups are counted from.
ALTER TABLE innovation_case ADD COLUMN trial_began timestamptz;

CREATE TABLE innovation_measure (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    name      text NOT NULL,
    unit      text NOT NULL DEFAULT '',
    direction text COLLATE "C" NOT NULL,         -- lower | higher: which way is better
    baseline  numeric,                           -- null: not measured yet
    baseline_day date,
    source    text NOT NULL DEFAULT '',          -- how and where it is measured
    target    numeric,
    at        timestamptz NOT NULL DEFAULT now(),
    UNIQUE (case_id, name)
);

-- A follow-up of a measure: asked for at 6, 12 and 24 months after the pilot began, or given in between (months 0).
CREATE TABLE innovation_result (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    measure   bigint NOT NULL REFERENCES innovation_measure,
    months    smallint NOT NULL,
    value     numeric NOT NULL,
    day       date NOT NULL,
    lessons   text NOT NULL DEFAULT '',
    unwanted  text NOT NULL DEFAULT '',          -- unwanted effects
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX innovation_result_measure ON innovation_result (measure);

-- What a case uses or makes: a product, an app, a method. Cases that name the same thing are told of each other's bad news.
CREATE TABLE innovation_thing (
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    thing     text COLLATE "C" NOT NULL,         -- its name as it is compared: lower case, single spaces
    name      text NOT NULL,
    version   text NOT NULL DEFAULT '',
    PRIMARY KEY (case_id, thing)
);
CREATE INDEX innovation_thing_thing ON innovation_thing (thing);

-- A signal that a thing does harm or does not work. `source`: the case that it comes from; nothing secret of that case is in it.
CREATE TABLE innovation_signal (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    thing     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    source    text COLLATE "C" REFERENCES innovation_case,
    text      text NOT NULL,
    actor     text COLLATE "C" NOT NULL,
    who       text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX innovation_signal_thing ON innovation_signal (thing);

-- Readiness gates of broad introduction (`kedja/innovation/readiness.toml`): how each is met.
CREATE TABLE innovation_ready (
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    gate      text COLLATE "C" NOT NULL,
    passed    boolean NOT NULL,
    note      text NOT NULL DEFAULT '',
    name      text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (case_id, gate)
);

-- The plan of a unit, municipality or region for introducing it, and how far it is.
CREATE TABLE innovation_plan (
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    org       text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    owner     text NOT NULL,                     -- who answers for it there
    starts    date,
    done_by   date,
    step      text COLLATE "C" NOT NULL,         -- planned | preparing | training | in-use | followed-up | declined
    adapted   text NOT NULL DEFAULT '',          -- what had to be different here
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (case_id, org)
);
CREATE INDEX innovation_plan_org ON innovation_plan (org);

-- What the next unit can copy: routines, instructions, material. One package a case; a new text is a new version.
CREATE TABLE innovation_package (
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    version   integer NOT NULL,
    body      jsonb NOT NULL,                    -- {part: text}, parts of readiness.toml's [[package]]
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (case_id, version)
);
