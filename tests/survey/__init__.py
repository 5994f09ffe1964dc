"""From folders to `Local`."""
