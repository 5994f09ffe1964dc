from __future__ import annotations

from localdandi.pages import citing

_DOCUMENT = {
    "identifier": "DANDI:000123",
    "version": "0.240301.1030",
    "name": "50% of {cells} & more_less",
    "doi": "10.48324/dandi.000123/0.240301.1030",
    "contributor": [
        {"schemaKey": "Person", "name": "Doe, Jane", "includeInCitation": True},
        {"schemaKey": "Organization", "name": "Doe Lab", "includeInCitation": True},
        {"schemaKey": "Person", "name": "Roe, Richard", "includeInCitation": False},
    ],
}

_ENTRY = r"""@misc{dandi_000123_0_240301_1030,
  author = {Doe, Jane and {Doe Lab}},
  title = {{50\% of \{cells\} \& more\_less}},
  year = {2024},
  publisher = {DANDI Archive},
  version = {0.240301.1030},
  howpublished = {Data set},
  doi = {10.48324/dandi.000123/0.240301.1030},
  url = {https://doi.org/10.48324/dandi.000123/0.240301.1030},
}"""


def test_a_version_as_bibtex() -> None:
    assert citing.bibtex(_DOCUMENT, year="2024") == _ENTRY


def test_a_draft_has_its_page_and_no_doi() -> None:
    draft = {"identifier": "DANDI:000123", "version": "draft", "name": "A", "url": "https://example.org/x"}
    entry = citing.bibtex(draft, year="2024")
    assert "url = {https://example.org/x}" in entry
    assert "doi" not in entry
    assert "author" not in entry
