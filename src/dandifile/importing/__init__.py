"""From a dandiset's metadata document to the spec that a person would have written. Pure: no archive, no disk."""
