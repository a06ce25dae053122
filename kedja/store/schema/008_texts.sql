-- What `:text` looks through: the texts beside codes, each once, whichever resources have it. `hash` stands in their `tokens`.
CREATE TABLE search_text (
    hash      bigint PRIMARY KEY,
    param     integer NOT NULL,
    value     text COLLATE "C" NOT NULL          -- folded, as in search_string
);
CREATE INDEX search_text_value ON search_text (param, value text_pattern_ops);
