"""What makes a dandiset easy to find, understand and cite: one rule each, checked on its metadata."""
