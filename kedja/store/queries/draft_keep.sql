-- Keep a draft, new or as it goes on; nothing where another has this id. That it was begun is logged with whom it is about; what is
-- typed on is not told by a row for every few seconds.
WITH kept AS (
    INSERT INTO note_draft (id, owner, provider, unit, patient, corrects, body)
    VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text)
    ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated = now()
        WHERE note_draft.owner = excluded.owner AND note_draft.unit = excluded.unit AND note_draft.patient = excluded.patient
    RETURNING id, xmax = 0 AS fresh
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, request, detail)
    SELECT $8::bigint, $9::integer, 'draft', 'permit', ARRAY[$10::text], $11::text, CASE WHEN fresh THEN 'begun' ELSE 'kept' END
    FROM kept
    WHERE fresh OR NOT EXISTS (
        SELECT FROM access_log l WHERE l.person = $8 AND l.actor = $9 AND l.action = 'draft' AND l.at > now() - interval '10 minutes'
    )
)
SELECT id FROM kept
