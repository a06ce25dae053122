SELECT day, paid, gained, text, name, at FROM innovation_payment_result WHERE case_id = $1 ORDER BY day DESC, id DESC
