-- One row a resource. Prefixes of texts up to eight characters are hashes among the tokens, longer ones are looked at again in the row;
-- the date that the type is ordered by stands in columns of its own; other dates and all numbers are read from the row, by no index.
-- part tables
CREATE TABLE resource (
    key bigint NOT NULL, type text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, version integer NOT NULL,
    updated timestamptz NOT NULL, deleted boolean NOT NULL, person bigint NOT NULL, regime text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL, unit text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL, labels integer NOT NULL,
    doc_start timestamptz, doc_end timestamptz, content_hash bigint NOT NULL, self_hash bigint NOT NULL,
    date_lo timestamptz, date_hi timestamptz, tokens bigint[] NOT NULL, refs bigint[] NOT NULL,
    string_params integer[] NOT NULL, strings text[] NOT NULL, exacts text[] NOT NULL,
    date_params integer[] NOT NULL, los timestamptz[] NOT NULL, his timestamptz[] NOT NULL,
    number_params integer[] NOT NULL, amounts numeric[] NOT NULL, amount_los numeric[] NOT NULL, amount_his numeric[] NOT NULL,
    amount_units bigint[] NOT NULL, amount_codes bigint[] NOT NULL, body text NOT NULL)
-- part indexes
ALTER TABLE resource ADD PRIMARY KEY (key);
ALTER TABLE resource ADD UNIQUE (type, id);
CREATE INDEX resource_person ON resource (person, type, date_lo DESC NULLS LAST, date_hi);
CREATE INDEX resource_self ON resource (self_hash);
CREATE INDEX resource_updated ON resource (type, updated);
CREATE INDEX resource_newest ON resource (type, (key + 0));
CREATE INDEX resource_hashes ON resource USING gin (tokens, refs)
-- part store
INSERT INTO resource SELECT {row}, b.los[main] + {shift}, b.his[main] + {shift},
    b.tokens || ARRAY(SELECT t # {xor} FROM unnest(b.own) t) || ARRAY(
        SELECT DISTINCT hashtextextended(left({name} || s.value, n), s.param)
        FROM unnest(b.string_params, b.strings) AS s (param, value), generate_series(1, least(8, length({name} || s.value))) n),
    ARRAY(SELECT h # {xor} FROM unnest(b.refs) h),
    b.string_params, ARRAY(SELECT {name} || s FROM unnest(b.strings) s), ARRAY(SELECT {name} || s FROM unnest(b.exacts) s),
    b.date_params, ARRAY(SELECT t + {shift} FROM unnest(b.los) t), ARRAY(SELECT t + {shift} FROM unnest(b.his) t),
    b.number_params, b.amounts, b.amount_los, b.amount_his, b.amount_units, b.amount_codes, b.body
FROM (SELECT b.*, coalesce(array_position(b.date_params, {date}), 1) AS main FROM {given} b) b
-- part tests
named: r.tokens && ARRAY[hashtextextended(left({v}, 8), {family})] AND EXISTS (SELECT FROM unnest(r.string_params, r.strings) AS s (param, value) WHERE s.param = {family} AND starts_with(s.value, {v}))
code: r.tokens && ARRAY[{v}]
refers: r.refs && ARRAY[{v}]
since: r.date_hi > {v}
order: r.date_lo
chain: r.refs && (SELECT hashes FROM targets)::bigint[]
included: SELECT h # {salt} FROM page, unnest(page.refs) h
