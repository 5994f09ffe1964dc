"""Brain regions, disorders, cell types and phenotypes by name: shipped tables first, then OLS4.

`find.find` is the way in; what it gives is in `outcome`, and `messages` puts that into words.
"""
