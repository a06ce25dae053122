-- What one of the provider's staff did with one person's record in a period, newest first; that it was looked over is logged.
WITH found AS MATERIALIZED (
    SELECT l.seq, l.at, l.action, l.decision, l.rules, l.resources, l.detail, a.actor, a.kind, a.name, a.title,
           a.purpose, a.provider, a.provider_name, a.unit, a.unit_name
    FROM access_log l JOIN log_actor a ON a.key = l.actor
    WHERE l.person = $1::bigint AND a.provider = $2::text AND a.actor = $3::text
      AND l.at >= $4::timestamptz AND l.at < $5::timestamptz
    ORDER BY l.seq DESC LIMIT 500
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    VALUES ($1, $6::integer, 'review', 'permit', ARRAY[$7::text], ARRAY[$8::text], $9::text)
)
SELECT * FROM found ORDER BY seq DESC
