-- What is booked in a span of time, at a unit and anywhere.
CREATE INDEX resource_booked ON resource (doc_start, provider, unit) WHERE type = 'Appointment';
