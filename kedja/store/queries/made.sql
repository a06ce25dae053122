-- What stands under the id that was made for a create whose answer was lost, if it was stored.
SELECT version, updated, person, labels FROM resource WHERE type = $1 AND id = $2
