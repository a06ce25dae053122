-- What each organisation, or one ($1), adds to each rule now.
SELECT DISTINCT ON (org, rule) * FROM innovation_overlay WHERE $1::text IS NULL OR org = $1 ORDER BY org, rule, version DESC
