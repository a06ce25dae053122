"""Decision support by CDS Hooks 2.0, a module of its own: it knows nothing of the rest of Kedja, nor the rest of it.

Decision support for treatment is a medical device (EU 2017/745), so that this room can be certified, replaced and switched off
by itself: JSON comes in, JSON goes out, over HTTP. An import contract holds it (pyproject.toml).
"""
