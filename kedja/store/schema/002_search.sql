-- Newest first within a type, which is the order of a search that asks for none.
CREATE INDEX resource_type ON resource (type, key);

-- `date=ge...` looks at where a value ends.
CREATE INDEX search_date_end ON search_date (param, hi);
