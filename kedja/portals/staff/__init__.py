"""The pages of staff in health and social care."""
