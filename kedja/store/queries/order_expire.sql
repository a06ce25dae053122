-- Orders that no page can ask for any more go, and the oldest of the actor $1 beyond $2.
WITH gone AS (
    SELECT search, part FROM search_order
    WHERE until < now() OR search IN (
        SELECT search FROM search_order WHERE actor = $1::integer AND part = 0 ORDER BY until DESC, search OFFSET $2::bigint
    )
    FOR UPDATE SKIP LOCKED
)
DELETE FROM search_order o USING gone WHERE o.search = gone.search AND o.part = gone.part
