"""The web pages: a dandiset as its readers will see it. Rendered here, readable without a script."""
