"""The pages: citizen/, staff/, and what they share. Rendered here, usable without scripts, in Swedish and English."""

from kedja.portals.routes import routes

__all__ = ["routes"]
