-- Which of these are of a person with protected identity.
SELECT key FROM resource WHERE key = ANY ($1::bigint[]) AND (labels & 16777216) <> 0
