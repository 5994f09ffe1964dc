"""What `dandifile init` writes: a first spec, from a paper and from what is in the folders. Pure."""
