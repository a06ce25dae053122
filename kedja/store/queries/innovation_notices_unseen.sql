-- How much this actor ($1, of $2) was told and has not seen: of cases, and of entries of the catalogues.
SELECT (SELECT count(*) FROM innovation_notice WHERE actor = $1 AND seen IS NULL)::integer
     + (SELECT count(DISTINCT (r.kind, r.number)) FROM innovation_told t JOIN innovation_reply r ON r.id = t.reply
        WHERE t.actor IN ($1, 'org:' || $2) AND t.seen IS NULL)::integer
