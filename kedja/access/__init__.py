"""Pure: the law. Rule files, facts, decisions with their reasons; no database, no web, no asyncio."""
