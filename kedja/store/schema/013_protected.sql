-- All that is of a person with protected identity has a label of its own (access.custody.Label.SHIELDED); what says so itself
-- has label 2. Patients were marked before by DEMO alone.
INSERT INTO subject_state (person, resource, kind)
SELECT person, key, 'protected' FROM resource
WHERE type = 'Patient' AND NOT deleted AND person > 0 AND (labels & 2) = 0
  AND body LIKE '%http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel%'
  AND jsonb_path_exists(body::jsonb, '$.meta.security[*] ? (@.system == "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel")');
UPDATE resource r SET labels = labels | 2
FROM subject_state s WHERE s.resource = r.key AND s.kind = 'protected' AND (r.labels & 2) = 0;
UPDATE resource SET labels = labels | 16777216
WHERE (labels & 2) <> 0 OR person IN (SELECT person FROM subject_state WHERE kind = 'protected');
UPDATE resource_history SET labels = labels | 16777216
WHERE (labels & 2) <> 0 OR person IN (SELECT person FROM subject_state WHERE kind = 'protected');
UPDATE resource_past SET labels = labels | 16777216
WHERE (labels & 2) <> 0 OR person IN (SELECT person FROM subject_state WHERE kind = 'protected');
