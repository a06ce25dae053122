-- The whole delivery is in: one row remains for each file, and its strands go.
WITH gone AS (
    DELETE FROM import_progress WHERE source = $1 AND file = ANY ($2::text[])
)
INSERT INTO import_progress (source, file, position, counts, done)
SELECT $1, file, position, counts, true FROM unnest($3::text[], $4::bigint[], $5::jsonb[]) AS i (file, position, counts)
ON CONFLICT (source, file) DO UPDATE SET position = excluded.position, counts = excluded.counts, done = true, updated = now()
