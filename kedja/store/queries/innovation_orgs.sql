SELECT * FROM innovation_org ORDER BY kind, name
