"""What comes from outside (files, caches, answers) is read here, within bounds of size and depth.

What is read is data of a known shape, or there is an error that says where it is not.
"""
