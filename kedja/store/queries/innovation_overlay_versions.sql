-- What an organisation ($1) has added to a rule ($2), the newest first.
SELECT * FROM innovation_overlay WHERE org = $1 AND rule = $2 ORDER BY version DESC LIMIT 50
