-- Who holds which seat at an organisation.
SELECT seat, actor, name, title FROM innovation_seat WHERE org = $1 ORDER BY seat, since, name
