"""Sign-in: who asks. Sessions of the pages, bearer tokens of API clients, and the demo provider."""
