"""dandifile: a dandiset as one file."""
