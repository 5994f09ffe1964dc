"""The API, a module a resource: from what a caller sends to the store and back."""
