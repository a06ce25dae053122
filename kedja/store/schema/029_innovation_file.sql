-- Files that are attached to entries of the catalogues: proof of a scorecard. An entry's versions name them by their hash, so that a
-- version always has the files that it had.
CREATE TABLE innovation_file (
    kind      text COLLATE "C" NOT NULL,
    number    integer NOT NULL,
    hash      text COLLATE "C" NOT NULL,         -- sha256 of the body, in hexadecimal
    media     text COLLATE "C" NOT NULL,         -- by its content, not by its name
    body      bytea NOT NULL,
    actor     text COLLATE "C" NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (kind, number, hash)
);
