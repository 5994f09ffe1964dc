"""The written forms of identifiers, as `spec` uses them; they stand in `dandifile.identifiers`."""

from dandifile.identifiers import bare_orcid, ror_url, term_curie, term_iri

__all__ = ["bare_orcid", "ror_url", "term_curie", "term_iri"]
