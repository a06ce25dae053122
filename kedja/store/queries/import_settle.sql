-- The bookmark of a batch: how far each strand of each file is, and what became of its records.
INSERT INTO import_progress AS p (source, file, position, counts)
SELECT $1, file, position, counts FROM unnest($2::text[], $3::bigint[], $4::jsonb[]) AS i (file, position, counts)
ON CONFLICT (source, file) DO UPDATE SET
    position = excluded.position,
    updated = now(),
    counts = (
        SELECT jsonb_object_agg(k, coalesce((p.counts ->> k)::bigint, 0) + coalesce((excluded.counts ->> k)::bigint, 0))
        FROM (SELECT jsonb_object_keys(p.counts) UNION SELECT jsonb_object_keys(excluded.counts)) AS keys (k)
    )
