"""A second search engine, slow and plain: the specification said once more, and searches of every kind to compare the two."""
