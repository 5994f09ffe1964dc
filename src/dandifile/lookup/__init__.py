"""From DOIs, ORCID iDs, ROR ids and terms to facts, looked up once and pinned in the lock.

Only `lookup.http` speaks to the services. Every other module is a pure translation of an
answer, or asks through a `Client` that is handed to it.
"""
