"""What differs between two versions of a dandiset. Pure: what it reads is handed to it."""
