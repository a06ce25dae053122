-- Who pays for a case's solution: each description is kept, the newest holds.
CREATE TABLE innovation_payment (
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    version   integer NOT NULL,
    models    jsonb NOT NULL,                    -- {"today": {...}, "chosen": {...}}: called, title and amounts as they were then
    activity  jsonb NOT NULL,                    -- {"now": {unit: n}, "then": {unit: n}}, units of kedja/innovation/payment.toml
    flows     jsonb NOT NULL,                    -- [{who, kind, once, yearly, gains, what}]: who bears cost and who has gain
    hinders   text[] NOT NULL,                   -- hindrances of payment.toml that somebody says
    remedy    text NOT NULL,                     -- what is done about them
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (case_id, version)
);

-- What is decided about a description.
CREATE TABLE innovation_payment_decision (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id   text COLLATE "C" NOT NULL,
    version   integer NOT NULL,
    outcome   text COLLATE "C" NOT NULL,         -- use | try | not
    reason    text NOT NULL,
    review    date,                              -- when it is asked what came of it
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    title     text NOT NULL,
    at        timestamptz NOT NULL,
    FOREIGN KEY (case_id, version) REFERENCES innovation_payment
);
CREATE INDEX innovation_payment_decision_case ON innovation_payment_decision (case_id, id DESC);

-- What came of it, in kronor since the decision: what was paid, and what was gained.
CREATE TABLE innovation_payment_result (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id   text COLLATE "C" NOT NULL REFERENCES innovation_case,
    day       date NOT NULL,
    paid      bigint NOT NULL,
    gained    bigint NOT NULL,
    text      text NOT NULL,
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    at        timestamptz NOT NULL
);
CREATE INDEX innovation_payment_result_case ON innovation_payment_result (case_id);

-- A file that was erased: its bytes are gone, and whoever follows a link to it is told by whom and why.
ALTER TABLE innovation_file ADD COLUMN erased timestamptz, ADD COLUMN erased_by text NOT NULL DEFAULT '',
                            ADD COLUMN erased_why text NOT NULL DEFAULT '';
