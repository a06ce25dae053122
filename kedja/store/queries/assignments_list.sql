SELECT * FROM assignment ORDER BY provider, unit, hsa_id, id
