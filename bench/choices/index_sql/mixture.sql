-- What kedja/store has: tokens and references as arrays of hashes in the resource's row, ranges and prefixes in narrow tables.
-- part tables
CREATE TABLE resource (
    key bigint NOT NULL, type text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, version integer NOT NULL,
    updated timestamptz NOT NULL, deleted boolean NOT NULL, person bigint NOT NULL, regime text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL, unit text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL, labels integer NOT NULL,
    doc_start timestamptz, doc_end timestamptz, content_hash bigint NOT NULL, self_hash bigint NOT NULL,
    tokens bigint[] NOT NULL, refs bigint[] NOT NULL, body text NOT NULL);
CREATE TABLE search_string (resource bigint NOT NULL, param integer NOT NULL, value text COLLATE "C" NOT NULL,
    exact text COLLATE "C" NOT NULL);
CREATE TABLE search_date (resource bigint NOT NULL, param integer NOT NULL, lo timestamptz NOT NULL, hi timestamptz NOT NULL);
CREATE TABLE search_number (resource bigint NOT NULL, param integer NOT NULL, value numeric NOT NULL, lo numeric NOT NULL,
    hi numeric NOT NULL, unit bigint NOT NULL, code bigint NOT NULL)
-- part indexes
ALTER TABLE resource ADD PRIMARY KEY (key);
ALTER TABLE resource ADD UNIQUE (type, id);
CREATE INDEX resource_person ON resource (person, type, key);
CREATE INDEX resource_self ON resource (self_hash);
CREATE INDEX resource_updated ON resource (type, updated);
CREATE INDEX resource_newest ON resource (type, (key + 0));
CREATE INDEX resource_hashes ON resource USING gin (tokens, refs);
ALTER TABLE search_string ADD PRIMARY KEY (resource, param, exact);
CREATE INDEX search_string_value ON search_string (param, value text_pattern_ops);
ALTER TABLE search_date ADD PRIMARY KEY (resource, param, lo, hi);
CREATE INDEX search_date_value ON search_date (param, lo, hi);
CREATE INDEX search_date_end ON search_date (param, hi);
CREATE INDEX search_number_resource ON search_number (resource);
CREATE INDEX search_number_value ON search_number (param, lo, hi)
-- part store
INSERT INTO resource SELECT {row}, b.tokens || ARRAY(SELECT t # {xor} FROM unnest(b.own) t),
    ARRAY(SELECT h # {xor} FROM unnest(b.refs) h), b.body FROM {given} b;
{ranges}
-- part tests
named: r.key = ANY (ARRAY(SELECT s.resource FROM search_string s WHERE s.param = {family} AND s.value ~>=~ {v} AND s.value ~<~ ({v} || {last}) LIMIT 1001))
code: r.tokens && ARRAY[{v}]
refers: r.refs && ARRAY[{v}]
since: EXISTS (SELECT FROM search_date d WHERE d.resource = r.key AND d.param = {date} AND d.hi > {v})
order: (SELECT max(d.lo) FROM search_date d WHERE d.resource = r.key AND d.param = {date})
chain: r.refs && (SELECT hashes FROM targets)::bigint[]
included: SELECT h # {salt} FROM page, unnest(page.refs) h
