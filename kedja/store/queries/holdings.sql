-- Who holds what about a person, counted by what the law lets be told of it (SVOD 2:4-5). Never shown as it is.
SELECT r.regime, r.provider, r.unit, count(*)::integer AS count,
       (count(*) FILTER (WHERE {readable}))::integer AS readable,
       (count(*) FILTER (WHERE {unblocked}))::integer AS unblocked,
       (count(*) FILTER (WHERE {blocked}))::integer AS blocked,
       min(r.doc_start) AS starts, max(r.doc_end) AS ends,
       (count(*) FILTER (WHERE {named}))::integer AS named
FROM resource r
WHERE r.person = $1::bigint AND NOT r.deleted AND r.type <> 'Patient'
GROUP BY r.regime, r.provider, r.unit
ORDER BY r.regime, r.provider, r.unit
