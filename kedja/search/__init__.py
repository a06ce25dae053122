"""Pure: query string -> nodes -> rewritten nodes -> one SQL statement."""
