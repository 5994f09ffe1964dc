"""From DOIs, ORCID iDs, ROR ids and terms to facts, looked up once and pinned in the lock.

Only `lookup.client` talks to the services. The other modules translate answers, or ask through a client that
they are given. `resolve.resolve` looks up what a spec names; `lock` reads and writes the result.
"""
