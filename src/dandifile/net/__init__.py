"""Requests over HTTP, for whoever speaks it: connections, failures in words, trying again, and pace."""
