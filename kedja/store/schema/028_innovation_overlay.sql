-- What an organisation adds to a rule of the regulation navigator: its own words beside the law's, its own next step, and a zone that
-- may only be narrower. Each version is kept, the newest holds; one with nothing in it takes the addition back.
CREATE TABLE innovation_overlay (
    org       text COLLATE "C" NOT NULL,
    rule      text COLLATE "C" NOT NULL,         -- a rule of kedja/innovation/navigator/laws
    version   integer NOT NULL,
    zone      text COLLATE "C" NOT NULL,         -- '' as the rule has it | yellow | red
    text_sv   text NOT NULL,
    text_en   text NOT NULL,
    step_sv   text NOT NULL,
    step_en   text NOT NULL,
    reason    text NOT NULL,
    actor     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (org, rule, version)
);
