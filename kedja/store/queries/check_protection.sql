-- What has not the label of protected identity though its person has it, or has it though nobody says so.
SELECT r.type || '/' || r.id AS place,
       CASE WHEN (r.labels & 16777216) = 0 THEN 'its person has protected identity, and it is not masked'
            ELSE 'it is masked, and its person has no protected identity' END AS told
FROM resource r
WHERE ($1::bigint[] IS NULL OR r.key = ANY ($1))
  AND ((r.labels & 16777216) <> 0) <> ((r.labels & 2) <> 0 OR EXISTS (
      SELECT FROM subject_state s WHERE s.person = r.person AND s.kind = 'protected'))
