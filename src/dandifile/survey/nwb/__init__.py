"""NWB files: what one is, what it says of its subject, session and papers, and what is wrong with it."""
