"""Query nodes to PostgreSQL: one file per search type, `condition` for the law, `statement` for the whole."""
