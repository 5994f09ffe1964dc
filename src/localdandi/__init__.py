"""An archive that speaks the DANDI API, for rehearsals and tests: SQLite, files on disk, no Docker."""
