"""Brain regions, disorders, cell types and phenotypes by name: first the shipped tables, then OLS4.

`search.find_term` is the entry point; `outcome` has what it can give, and the messages.
"""
