"""Requests over HTTP for the archive and the look-ups: connections, failures in words, retries, and pace."""
