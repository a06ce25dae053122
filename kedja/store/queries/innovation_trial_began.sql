UPDATE innovation_case SET trial_began = $2 WHERE id = $1 AND trial_began IS NULL
