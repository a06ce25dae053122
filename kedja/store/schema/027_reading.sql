-- How a human wants the pages: kept for the person, whatever they sign in with next. It is no health data.
CREATE TABLE reading (
    subject   text COLLATE "C" PRIMARY KEY,      -- the human, as in session
    easy      boolean NOT NULL,                  -- easy to read: short sentences, pictures with words
    large     boolean NOT NULL,                  -- large type and controls
    changed   timestamptz NOT NULL DEFAULT now()
);
