-- Whose number this is.
SELECT person FROM person_identifier WHERE system = $1 AND value = $2
