-- The catalogues of the innovation portal (`kedja/innovation/catalogues/*.toml`): tests, reviews, questions, standards, signals ...
-- Every version of every entry; none is changed or taken away, but for the mark of which is the current one.
CREATE TABLE innovation_entry (
    kind      text COLLATE "C" NOT NULL,         -- test | review | question | ...: a file of catalogues/
    number    integer NOT NULL,                  -- with the letters of its kind what it is cited by: T-12
    version   integer NOT NULL,
    current   boolean NOT NULL,
    state     text COLLATE "C" NOT NULL,         -- a state of its kind
    open      boolean NOT NULL,                  -- everybody sees this version
    title     text NOT NULL,
    body      jsonb NOT NULL,                    -- the fields of its kind
    due       date,                              -- until when it holds or is open, of kinds that have such a day
    language  text COLLATE "C" NOT NULL,         -- sv | en: what it is written in
    origin    text COLLATE "C" NOT NULL DEFAULT '',  -- where it was read from, which reads it no second time; '' by hand
    author    text COLLATE "C" NOT NULL,         -- the actor who made it
    org       text COLLATE "C" NOT NULL,         -- the organisation that keeps it; '' for a citizen's and for what is shipped
    org_name  text NOT NULL,
    editor    text COLLATE "C" NOT NULL,         -- the actor who made this version
    editor_name text NOT NULL,                   -- as pages say it; '' for a citizen
    note      text NOT NULL DEFAULT '',          -- what was changed and why
    at        timestamptz NOT NULL,
    made      timestamptz NOT NULL,              -- when the first version was made
    words     tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('swedish'::regconfig, title), 'A') || setweight(to_tsvector('english'::regconfig, title), 'A')
        || to_tsvector('swedish'::regconfig, body) || to_tsvector('english'::regconfig, body)
    ) STORED,
    PRIMARY KEY (kind, number, version)
);
CREATE UNIQUE INDEX innovation_entry_current ON innovation_entry (kind, number) WHERE current;
CREATE UNIQUE INDEX innovation_entry_origin ON innovation_entry (kind, origin) WHERE current AND origin <> '';
CREATE INDEX innovation_entry_words ON innovation_entry USING gin (words) WHERE current;
CREATE INDEX innovation_entry_author ON innovation_entry (author) WHERE current;

-- What others have said to an entry: interest, questions, comments, that it was used. `open`: everybody who sees the entry sees it.
CREATE TABLE innovation_reply (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind      text COLLATE "C" NOT NULL,
    number    integer NOT NULL,
    reply     text COLLATE "C" NOT NULL,         -- a reply of its kind
    option    text COLLATE "C" NOT NULL DEFAULT '',
    text      text NOT NULL,
    open      boolean NOT NULL,
    author    text COLLATE "C" NOT NULL,
    author_name text NOT NULL,
    org       text COLLATE "C" NOT NULL,
    org_name  text NOT NULL,
    at        timestamptz NOT NULL,
    answer    text NOT NULL DEFAULT '',
    answered_by text NOT NULL DEFAULT '',
    answered  timestamptz
);
CREATE INDEX innovation_reply_entry ON innovation_reply (kind, number, id);
CREATE INDEX innovation_reply_author ON innovation_reply (author);

-- Equal treatment on record (lag 2016:1145 4 kap. 1 §): what was told to whom, when, and when they first opened it.
CREATE TABLE innovation_told (
    reply     bigint NOT NULL REFERENCES innovation_reply,
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    org_name  text NOT NULL,
    at        timestamptz NOT NULL,
    seen      timestamptz,
    PRIMARY KEY (reply, actor)
);
CREATE INDEX innovation_told_actor ON innovation_told (actor) WHERE seen IS NULL;

-- Whether an actor sees a version of an entry: what is open, what they made, what their organisation keeps where they keep
-- that kind (`kept`), and what no organisation keeps and they do.
CREATE FUNCTION innovation_entry_seen(seen innovation_entry, actor text, org text, kept text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT seen.open OR seen.author = $2 OR (seen.kind = ANY ($4) AND (seen.org = $3 OR seen.org = ''))
$$;
