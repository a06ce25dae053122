-- What persons may have erased, found by whom it is about; and their wishes that lead there.
CREATE INDEX resource_erasable ON resource (person, source) WHERE regime IN ('registry', 'biobank');
CREATE INDEX block_erasing ON block (kind, person) WHERE kind IN ('registry', 'biobank-care');
