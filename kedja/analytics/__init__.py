"""Questions that join the domains: SQL-on-FHIR v2 views under the law, and one SELECT over them."""
