-- The id of the case that people call by this number.
SELECT id FROM innovation_case WHERE number = $1
