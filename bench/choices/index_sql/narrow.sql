-- Narrow typed tables, HAPI's way but leaner: a row for each token and each reference, hashed as the others have them, without its text.
-- part tables
CREATE TABLE resource (
    key bigint NOT NULL, type text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, version integer NOT NULL,
    updated timestamptz NOT NULL, deleted boolean NOT NULL, person bigint NOT NULL, regime text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL, unit text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL, labels integer NOT NULL,
    doc_start timestamptz, doc_end timestamptz, content_hash bigint NOT NULL, self_hash bigint NOT NULL, body text NOT NULL);
CREATE TABLE search_token (resource bigint NOT NULL, hash bigint NOT NULL);
CREATE TABLE search_reference (resource bigint NOT NULL, hash bigint NOT NULL);
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
CREATE INDEX search_token_value ON search_token (hash, resource);
CREATE INDEX search_token_resource ON search_token (resource, hash);
CREATE INDEX search_reference_value ON search_reference (hash, resource);
CREATE INDEX search_reference_resource ON search_reference (resource, hash);
ALTER TABLE search_string ADD PRIMARY KEY (resource, param, exact);
CREATE INDEX search_string_value ON search_string (param, value text_pattern_ops);
ALTER TABLE search_date ADD PRIMARY KEY (resource, param, lo, hi);
CREATE INDEX search_date_value ON search_date (param, lo, hi);
CREATE INDEX search_date_end ON search_date (param, hi);
CREATE INDEX search_number_resource ON search_number (resource);
CREATE INDEX search_number_value ON search_number (param, lo, hi)
-- part store
INSERT INTO resource SELECT {row}, b.body FROM {given} b;
INSERT INTO search_token SELECT {key}, b.hash FROM (SELECT b.key, t AS hash FROM {given} b, unnest(b.tokens) t
    UNION ALL SELECT b.key, t # {xor} FROM {given} b, unnest(b.own) t) b;
INSERT INTO search_reference SELECT {key}, h # {xor} FROM {given} b, unnest(b.refs) h;
{ranges}
-- part tests
named: r.key = ANY (ARRAY(SELECT s.resource FROM search_string s WHERE s.param = {family} AND s.value ~>=~ {v} AND s.value ~<~ ({v} || {last}) LIMIT 1001))
code: EXISTS (SELECT FROM search_token t WHERE t.resource = r.key AND t.hash = {v})
refers: EXISTS (SELECT FROM search_reference f WHERE f.resource = r.key AND f.hash = {v})
since: EXISTS (SELECT FROM search_date d WHERE d.resource = r.key AND d.param = {date} AND d.hi > {v})
order: (SELECT max(d.lo) FROM search_date d WHERE d.resource = r.key AND d.param = {date})
chain: r.key = ANY (ARRAY(SELECT f.resource FROM search_reference f WHERE f.hash = ANY ((SELECT hashes FROM targets)::bigint[])))
included: SELECT f.hash # {salt} FROM page CROSS JOIN LATERAL (SELECT f.hash FROM search_reference f WHERE f.resource = page.key) f
