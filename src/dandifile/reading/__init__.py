"""Reads what comes from outside (files, caches, answers), within bounds of size and depth.

The result is data of a known shape; if the input does not have it, the error says where.
"""
