"""From a dandiset's metadata document to the spec that a person would have written; no archive, no disk."""
