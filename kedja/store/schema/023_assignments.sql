-- Who of the staff may act where and for what (medarbetaruppdrag, PDL 4:2): what `kedja assignment import` was given, and no other.
CREATE TABLE assignment (
    id        text COLLATE "C" PRIMARY KEY,
    hsa_id    text COLLATE "C" NOT NULL,         -- whose
    name      text NOT NULL,
    title     text NOT NULL,
    kind      text COLLATE "C" NOT NULL,         -- as Kind: professional, care_worker, ...
    purpose   text COLLATE "C" NOT NULL,
    provider  text COLLATE "C" NOT NULL,
    provider_name text NOT NULL,
    unit      text COLLATE "C" NOT NULL,
    unit_name text NOT NULL,
    rights    text[] NOT NULL,
    licences  text[] NOT NULL,
    prescriber boolean NOT NULL,
    starts    date,                              -- null: for long; days in Sweden
    ends      date                               -- the last day; null: no end is known
);
CREATE INDEX assignment_hsa_id ON assignment (hsa_id);
