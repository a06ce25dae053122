-- What a provider has asked a person of technique that monitors, among their other consents there.
SELECT body FROM resource WHERE person = $1::bigint AND type = 'Consent' AND NOT deleted AND provider = $2::text ORDER BY key
