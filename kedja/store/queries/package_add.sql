WITH added AS (
    INSERT INTO package (name, version, checksum) VALUES ($1, $2, $3) RETURNING name, version
)
INSERT INTO package_definition (package, version, type, place, body)
SELECT added.name, added.version, d.type, d.place, d.body
FROM added, unnest($4::text[], $5::text[]) WITH ORDINALITY AS d (type, body, place)
