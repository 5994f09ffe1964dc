"""What the dandiset should be: the declared spec and its lock, and what is looked up for one run."""
