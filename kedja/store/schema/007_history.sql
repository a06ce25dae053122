-- The history of a type, or of everything, newest first, is read off the ends of two indexes: this one and resource_updated.
CREATE INDEX resource_history_updated ON resource_history (type, updated);

-- And of one person's, by whom it is about.
CREATE INDEX resource_history_person ON resource_history (person, type);
