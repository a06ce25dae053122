"""The regulation navigator: questions and laws as data, and the engine that asks no more than it needs. Pure."""
