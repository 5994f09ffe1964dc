"""The services: where they are, how often they can be asked, and who asks. All of it can be set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from dandifile.errors import UserError
from dandifile.net.retry import Limit


@dataclass(frozen=True)
class Services:
    """Base URLs without a slash at the end, and two courtesies.

    `contact` is an e-mail address that the services may write to (Crossref then allows more);
    `ror_client_id` is ROR's free, public client id (2000 instead of 50 requests in 5 minutes).
    Each is overridden by `DANDIFILE_<NAME>` in capitals; base URLs by `DANDIFILE_<NAME>_URL`.
    """

    openalex: str = "https://api.openalex.org"
    crossref: str = "https://api.crossref.org"
    datacite: str = "https://api.datacite.org"
    doi: str = "https://doi.org"
    orcid: str = "https://pub.orcid.org/v3.0"
    ror: str = "https://api.ror.org/v2"
    ols: str = "https://www.ebi.ac.uk/ols4/api"
    contact: str = ""
    ror_client_id: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Services:
        """The real hosts, except for those that the environment sets."""
        said = {field.name: environ.get(variable(field.name), "").strip() for field in fields(cls)}
        for name, value in said.items():
            if value and name not in COURTESIES and not value.startswith(("http://", "https://")):
                raise UserError(
                    f"{variable(name)} is {value!r}, which is not a URL",
                    fix=f"give the whole base URL, as in {getattr(cls, name)}, or unset it",
                )
        return cls(**{name: value.rstrip("/") for name, value in said.items() if value})


COURTESIES = {"contact", "ror_client_id"}

TITLES = {
    "openalex": "OpenAlex",
    "crossref": "Crossref",
    "datacite": "DataCite",
    "doi": "doi.org",
    "orcid": "ORCID",
    "ror": "ROR",
    "ols": "OLS",
}
"""The services' names, for people."""


def variable(name: str) -> str:
    """The environment variable that sets a field of `Services`."""
    return f"DANDIFILE_{name.upper()}" if name in COURTESIES else f"DANDIFILE_{name.upper()}_URL"


def limits(services: Services) -> dict[str, Limit]:
    """What the services publish, or a little less; for those that publish nothing, five per second."""
    return {
        "openalex": Limit(10, 1, 4),
        "crossref": Limit(10, 1, 3) if services.contact else Limit(5, 1, 1),
        "datacite": Limit(1000 if services.contact else 500, 300, 4),
        "doi": Limit(5, 1, 2),
        "orcid": Limit(12, 1, 4),
        "ror": Limit(2000 if services.ror_client_id else 50, 300, 4),
        "ols": Limit(5, 1, 2),
    }


DAILY_QUOTA = {"openalex", "orcid"}
"""Their 429 says that the day's requests are used up: another try does not help."""
