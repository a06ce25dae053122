"""Routes, requests and responses: where HTTP becomes a `Call` and an `Answer` becomes HTTP."""
