-- Which of these tokens another person's sample has too, $1 with whose sample asks for it, $2.
SELECT w.token FROM unnest($1::bigint[], $2::bigint[]) AS w (token, person)
WHERE EXISTS (
    SELECT FROM resource r
    WHERE r.tokens @> ARRAY[w.token] AND r.type = 'Specimen' AND r.person <> w.person AND NOT r.deleted
)
