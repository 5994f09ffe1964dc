"""NWB files, sound and odd."""
