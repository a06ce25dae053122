"""Restricted queries as PostgreSQL: one file per search type, composed to one statement."""
