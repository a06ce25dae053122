-- Answers to the regulation navigator, kept with a case: what was answered, and the version of each rule that it then led to, so
-- that it can be told what has changed since. The newest version counts; earlier ones stay.
CREATE TABLE innovation_navigation (
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    version   integer NOT NULL,
    answers   jsonb NOT NULL,                    -- question -> answer (`kedja/innovation/navigator/questions.toml`)
    rules     jsonb NOT NULL,                    -- rule -> version (`kedja/innovation/navigator/laws/*.toml`)
    zone      text COLLATE "C" NOT NULL,         -- green | yellow | red
    on_day    date NOT NULL,                     -- as of which day the law was read
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (case_id, version)
);
