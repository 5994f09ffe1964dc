"""Tables and what is done to them: plain functions over a SQLite connection, no HTTP."""
