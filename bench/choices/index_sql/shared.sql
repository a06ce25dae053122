-- What is the same in all designs. {key}, {person}, {xor}, {shift}, {name}: what a copy of Synthea differs by.
-- part row
{key}, b.type, b.id || CASE WHEN {copy} > 0 THEN '-{copy}' ELSE '' END, 1, b.updated + make_interval(hours => {copy}), false,
    {person}, b.regime, b.provider, b.unit, 'synthea', 0, b.doc_start + {shift}, NULL::timestamptz,
    hashint8extended(b.key, {copy}), b.self_hash # {xor}
-- part ranges
INSERT INTO search_string SELECT {key}, s.param, {name} || s.value, {name} || s.exact
    FROM {given} b, unnest(b.string_params, b.strings, b.exacts) AS s (param, value, exact);
INSERT INTO search_date SELECT {key}, d.param, d.lo + {shift}, d.hi + {shift}
    FROM {given} b, unnest(b.date_params, b.los, b.his) AS d (param, lo, hi);
INSERT INTO search_number SELECT {key}, n.param, n.value, n.lo, n.hi, n.unit, n.code
    FROM {given} b, unnest(b.number_params, b.amounts, b.amount_los, b.amount_his, b.amount_units, b.amount_codes)
        AS n (param, value, lo, hi, unit, code)
-- part facts
INSERT INTO care_relation SELECT DISTINCT {person}, b.provider, '' FROM {given} b WHERE b.person > 0;
INSERT INTO block SELECT DISTINCT {person}, b.provider, 'elsewhere' FROM {given} b WHERE b.person % 97 = 4
