-- What somebody is told of: on their page, and by e-mail where they want that and the installation sends any.
CREATE TABLE innovation_notice (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor     text COLLATE "C" NOT NULL,         -- who is told
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    kind      text COLLATE "C" NOT NULL,         -- of the event, or `wait`: it waits on them now
    what      text COLLATE "C" NOT NULL DEFAULT '',         -- of a wait: what for
    at        timestamptz NOT NULL,
    seen      timestamptz,
    mailed    timestamptz
);
CREATE INDEX innovation_notice_actor ON innovation_notice (actor, id);
CREATE INDEX innovation_notice_unmailed ON innovation_notice (id) WHERE mailed IS NULL AND seen IS NULL;

-- Where somebody wants e-mail to: nobody gets any who has not asked for it.
CREATE TABLE innovation_address (
    actor     text COLLATE "C" PRIMARY KEY,
    email     text NOT NULL,
    language  text COLLATE "C" NOT NULL
);
