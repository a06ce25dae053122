"""The rules, for anybody to read."""
