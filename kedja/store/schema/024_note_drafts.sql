-- Drafts of notes: working material that only its author sees, kept until it is saved as a note or thrown away. `body` is a
-- QuestionnaireResponse (FHIR R4) in progress; `patient` is a Patient, so that a draft follows whoever that is about.
CREATE TABLE note_draft (
    id        text COLLATE "C" PRIMARY KEY,
    owner     text COLLATE "C" NOT NULL,         -- the actor's id
    provider  text COLLATE "C" NOT NULL,
    unit      text COLLATE "C" NOT NULL,
    patient   text COLLATE "C" NOT NULL,         -- Patient/id
    corrects  text COLLATE "C" NOT NULL DEFAULT '',  -- Composition/id/_history/version
    body      text NOT NULL,
    begun     timestamptz NOT NULL DEFAULT now(),
    updated   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX note_draft_owner ON note_draft (owner, updated);
