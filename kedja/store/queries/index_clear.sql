WITH strings AS (
    DELETE FROM search_string WHERE resource = ANY ($1::bigint[])
), dates AS (
    DELETE FROM search_date WHERE resource = ANY ($1::bigint[])
), composites AS (
    DELETE FROM search_composite WHERE resource = ANY ($1::bigint[])
)
DELETE FROM search_number WHERE resource = ANY ($1::bigint[])
