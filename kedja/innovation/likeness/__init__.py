"""Likeness: what was thought, tried or built before that is like this, in Swedish and English, and why. Pure."""
