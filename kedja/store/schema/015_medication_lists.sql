-- What of medication lists is the oldest: prescriptions are removed five years after they were registered (NLL 3 kap. 10 §), and
-- what is due is looked for every few seconds.
CREATE INDEX resource_nll_old ON resource (doc_end) WHERE regime = 'nll';
