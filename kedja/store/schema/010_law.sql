-- More facts of the law (access/rows.py says what the kinds mean).
CREATE TABLE subject_state (
    person    bigint NOT NULL,
    resource  bigint NOT NULL,
    kind      text COLLATE "C" NOT NULL,
    provider  text COLLATE "C" NOT NULL DEFAULT '',  -- who judges so; empty for what a Patient says
    unit      text COLLATE "C" NOT NULL DEFAULT '',
    starts    timestamptz,                           -- of `born` the birth date at 00:00 UTC
    ends      timestamptz,
    PRIMARY KEY (person, kind, resource)
);
CREATE TABLE representation (
    person    bigint NOT NULL,
    resource  bigint NOT NULL,
    kind      text COLLATE "C" NOT NULL,             -- guardian | proxy
    representative bigint NOT NULL,                  -- the person who acts
    classes   integer NOT NULL,                      -- bits of access.mandate.Matter
    starts    timestamptz,
    ends      timestamptz,
    PRIMARY KEY (person, representative, resource)
);
CREATE TABLE lift (
    person    bigint NOT NULL,
    resource  bigint NOT NULL,
    kind      text COLLATE "C" NOT NULL,             -- inner | outer
    provider  text COLLATE "C" NOT NULL,             -- who holds what is blocked
    unit      text COLLATE "C",                      -- null: the whole provider
    to_provider text COLLATE "C" NOT NULL,           -- for whom it is opened
    to_unit   text COLLATE "C",                      -- null: the whole provider
    to_employee text COLLATE "C",                    -- null: everyone there
    reason    text COLLATE "C" NOT NULL,             -- PatientsConsent | Emergency
    starts    timestamptz,
    ends      timestamptz,
    PRIMARY KEY (person, resource)
);
CREATE INDEX subject_state_resource ON subject_state (resource);
CREATE INDEX subject_state_protected ON subject_state (person) WHERE kind = 'protected';
CREATE INDEX representation_resource ON representation (resource);
CREATE INDEX representation_representative ON representation (representative, person);
CREATE INDEX lift_resource ON lift (resource);
-- What the Patients that stand here say; a birth date without its day is its last, as access.state_facts reads it.
INSERT INTO subject_state (person, resource, kind, starts)
SELECT person, key, 'born',
       CASE length(born)
           WHEN 10 THEN born::date::timestamp
           WHEN 7 THEN (born || '-01')::date + interval '1 month' - interval '1 day'
           ELSE (born || '-12-31')::date::timestamp
       END AT TIME ZONE 'UTC'
FROM (SELECT person, key, body::jsonb ->> 'birthDate' AS born FROM resource WHERE type = 'Patient' AND NOT deleted) p
WHERE born IS NOT NULL AND person > 0;
INSERT INTO subject_state (person, resource, kind, starts)
SELECT person, key, 'dead',
       (died || CASE length(died) WHEN 4 THEN '-01-01 00:00+00' WHEN 7 THEN '-01 00:00+00' WHEN 10 THEN ' 00:00+00' ELSE '' END)::timestamptz
FROM (SELECT person, key, body::jsonb ->> 'deceasedDateTime' AS died, body::jsonb ->> 'deceasedBoolean' AS dead
      FROM resource WHERE type = 'Patient' AND NOT deleted) p
WHERE person > 0 AND (died IS NOT NULL OR dead = 'true');
INSERT INTO subject_state (person, resource, kind)
SELECT person, key, 'protected' FROM resource WHERE type = 'Patient' AND NOT deleted AND person > 0 AND labels & 2 <> 0;
