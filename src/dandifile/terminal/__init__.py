"""What the command line shows and says: results, progress, errors, the log file."""
