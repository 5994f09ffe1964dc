"""Times compared with the dandi client: one module a bench, and what they share."""
