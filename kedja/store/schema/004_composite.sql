-- Composite parameters with a range in them: one row for each element and range. `param` is as in search_number, `item` says
-- which of the resource's elements, `part` which part of the parameter; `tokens` are the hashes of the element's other parts.
CREATE TABLE search_composite (
    resource  bigint NOT NULL,
    param     integer NOT NULL,
    item      integer NOT NULL,
    part      smallint NOT NULL,
    tokens    bigint[] NOT NULL,
    value     numeric NOT NULL,
    lo        numeric NOT NULL,
    hi        numeric NOT NULL,
    unit      bigint NOT NULL,
    code      bigint NOT NULL,
    PRIMARY KEY (resource, param, item, part, value, unit, code)
);
CREATE INDEX search_composite_value ON search_composite (param, lo, hi);
