"""A tree of the data under its names in the dandiset: planned, made, undone."""
