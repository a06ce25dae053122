-- The assignments are exactly these. Those that are gone or changed end the sessions that act by them.
WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS g(
        id text, hsa_id text, name text, title text, kind text, purpose text, provider text, provider_name text, unit text,
        unit_name text, rights text[], licences text[], prescriber boolean, starts date, ends date)
), same AS (
    SELECT id FROM (SELECT * FROM given INTERSECT SELECT * FROM assignment) s
), gone AS (
    DELETE FROM assignment a WHERE NOT EXISTS (SELECT FROM given g WHERE g.id = a.id) RETURNING id
), stored AS (
    INSERT INTO assignment SELECT * FROM given WHERE id NOT IN (SELECT id FROM same)
    ON CONFLICT (id) DO UPDATE SET hsa_id = excluded.hsa_id, name = excluded.name, title = excluded.title, kind = excluded.kind,
        purpose = excluded.purpose, provider = excluded.provider, provider_name = excluded.provider_name, unit = excluded.unit,
        unit_name = excluded.unit_name, rights = excluded.rights, licences = excluded.licences,
        prescriber = excluded.prescriber, starts = excluded.starts, ends = excluded.ends
    RETURNING id
), ended AS (
    DELETE FROM session WHERE assignment <> '' AND assignment IN (SELECT id FROM gone UNION ALL SELECT id FROM stored) RETURNING key
)
SELECT (SELECT count(*) FROM given) AS given, (SELECT count(*) FROM stored) AS stored, (SELECT count(*) FROM gone) AS gone,
       (SELECT count(*) FROM ended) AS ended
