"""One DANDI archive: its name, its URLs, and where its API key is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dandifile.net.urls import normal_url

LOCAL = "local"
"""What a spec calls the embedded archive."""


@dataclass(frozen=True)
class Instance:
    """One DANDI archive. The URLs have no slash at the end; `api_url` ends in `/api`."""

    name: str
    web_url: str
    api_url: str
    key_variable: str
    keyring_service: str
    identity: str = ""  # of an archive whose URL differs from run to run

    @classmethod
    def with_name(cls, name: str, web_url: str, api_url: str) -> Instance:
        """Name the key variable and the keyring service as the dandi client does."""
        variable = name.upper().replace("-", "_") + "_API_KEY"
        return cls(name, normal_url(web_url), normal_url(api_url), variable, f"dandi-api-{name}")

    @classmethod
    def of_store(cls, web_url: str, api_url: str, store: str = "") -> Instance:
        """The archive that dandifile itself runs: `instance: local` in a spec.

        `web_url` is "" where its web pages are gone as soon as the command ends. `store` is the id of its
        store: the port, and the URLs with it, can be different at every run.
        """
        instance = cls.with_name(LOCAL, web_url or api_url, api_url)
        return replace(
            instance, web_url=web_url and instance.web_url, identity=f"local {store}" if store else ""
        )

    @property
    def is_embedded(self) -> bool:
        """Whether it is this machine's own: no other machine reaches it."""
        return self.name == LOCAL

    @property
    def home(self) -> str:
        """What names this archive for good: its API URL, or the store of an embedded one."""
        return self.identity or self.api_url

    def page(self, identifier: str) -> str:
        """Where a draft is to be seen: a URL, or what to do first."""
        page = f"/dandiset/{identifier}/draft"
        return f"{self.web_url}{page}" if self.web_url else f"{page} of `dandifile archive serve`"

    @property
    def shell_variable(self) -> str:
        """`key_variable` in letters that a shell can export; they differ where the name is a host."""
        safe = re.sub(r"[^A-Z0-9_]", "_", self.key_variable)
        return f"_{safe}" if safe[0].isdigit() else safe
