-- Whether a medicine is asked for again and not yet answered: its order is locked, so that nobody asks twice at once.
SELECT EXISTS (
    SELECT FROM resource r
    WHERE r.person = $1::bigint AND r.type = 'MedicationRequest' AND NOT r.deleted AND r.body::jsonb ->> 'intent' = 'proposal'
      AND r.body::jsonb ->> 'status' = 'active' AND r.body::jsonb -> 'priorPrescription' ->> 'reference' = $2::text
)
