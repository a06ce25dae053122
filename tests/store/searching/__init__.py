"""A small world of resources, and a slow, obvious way to search it."""
