-- A resource can have the number 5 and the range `<5` under one parameter: they are two rows.
ALTER TABLE search_number DROP CONSTRAINT search_number_pkey;
ALTER TABLE search_number ADD PRIMARY KEY (resource, param, value, unit, code, lo, hi);
