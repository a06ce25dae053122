SELECT name, definition::text, registered FROM source ORDER BY name
