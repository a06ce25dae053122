-- Sessions of the pages. `id` is a keyed hash of what the browser's cookie holds: nobody who reads this table can use one.
CREATE TABLE session (
    key       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id        bytea NOT NULL UNIQUE,
    subject   text COLLATE "C" NOT NULL,         -- the human: the provider's address and its own name for them
    actor     text NOT NULL,                     -- who acts, as JSON; '' until an assignment is chosen
    proof     text NOT NULL,                     -- how they proved who they are, as JSON
    assignment text COLLATE "C" NOT NULL DEFAULT '',  -- the id of the assignment: who withdraws it ends the session
    browser   text NOT NULL DEFAULT '',          -- as it names itself
    created   timestamptz NOT NULL DEFAULT now(),
    seen      timestamptz NOT NULL DEFAULT now(),
    ends      timestamptz NOT NULL
);
CREATE INDEX session_subject ON session (subject);
CREATE INDEX session_assignment ON session (assignment) WHERE assignment <> '';
CREATE INDEX session_ends ON session (ends);

-- Who signed in and out, and what was tried by nobody who is known here: forged tokens, ended sessions, forms of another session.
-- Counted by the minute, so that a flood leaves few rows. What somebody who is signed in tries stands in access_log.
CREATE TABLE sign_in_log (
    minute    timestamptz NOT NULL,
    what      text COLLATE "C" NOT NULL,
    place     text COLLATE "C" NOT NULL,         -- the address, or the provider
    subject   text COLLATE "C" NOT NULL,         -- as in session; '' for nobody
    times     integer NOT NULL DEFAULT 1,
    PRIMARY KEY (minute, what, place, subject)
);
