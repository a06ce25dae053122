-- Of the entries that this actor ($1, of $2, who keeps the kinds $3) sees, by organisation: what was published in [$4, $5).
-- `negative`: no difference, worse or mixed; `in_time`: a finished test within 120 days of its last day.
WITH seen AS MATERIALIZED (
    SELECT e.* FROM innovation_entry e WHERE e.current AND innovation_entry_seen(e, $1, $2, $3::text[]) AND e.org <> ''
)
SELECT org, min(org_name) AS org_name,
       count(*) FILTER (WHERE kind = 'test' AND state IN ('finished', 'stopped') AND at >= $4 AND at < $5) AS tests,
       count(*) FILTER (WHERE kind = 'test' AND (state = 'stopped' OR body ->> 'outcome' IN ('none', 'worse', 'mixed'))
                        AND state IN ('finished', 'stopped') AND at >= $4 AND at < $5) AS negative,
       count(*) FILTER (WHERE kind = 'test' AND state IN ('finished', 'stopped') AND at >= $4 AND at < $5
                        AND at::date - (body ->> 'ends')::date <= 120) AS in_time,
       count(*) FILTER (WHERE kind = 'practice' AND state = 'published' AND made < $5) AS in_use,
       count(*) FILTER (WHERE kind = 'invitation' AND made >= $4 AND made < $5) AS invitations,
       count(*) FILTER (WHERE kind = 'invitation' AND state = 'done' AND at >= $4 AND at < $5) AS fed_back,
       count(*) FILTER (WHERE kind = 'need' AND made >= $4 AND made < $5) AS needs,
       count(*) FILTER (WHERE kind = 'signal' AND state IN ('followed', 'acted', 'dismissed') AND at >= $4 AND at < $5) AS judged
FROM seen GROUP BY org ORDER BY 2
