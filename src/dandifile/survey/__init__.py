"""From folders on this machine to `model.Local`: scan, digest, extract, name, validate."""
