"""The actors of the innovation system: who decides, supervises, funds and knows, by which paragraph. Pure."""
