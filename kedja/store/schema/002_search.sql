-- Newest first within a type, the order of a search that asks for none. By `key + 0`, as searches say it: ordered by `key`
-- alone the planner takes the primary key, and walks through all that came after of other types.
CREATE INDEX resource_newest ON resource (type, (key + 0));

-- `date=ge...` looks at where a value ends.
CREATE INDEX search_date_end ON search_date (param, hi);
