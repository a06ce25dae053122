-- Rows of numbers are found by their resource, which has few, or by their values; that no two are the same is seen to where they are made
-- (search.extract). A key over all seven columns took more room than the table itself, three of its columns being numeric.
ALTER TABLE search_number DROP CONSTRAINT search_number_pkey;
CREATE INDEX search_number_resource ON search_number (resource);
