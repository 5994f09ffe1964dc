"""The archive inside a test: a server in a thread, its counts, its bad behaviour."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localdandi.archive import Settings
from localdandi.instance import Instance
from localdandi.misbehave import Behaviour, Fault
from localdandi.serving import Serving, in_thread, listen
from localdandi.store import users


@dataclass(frozen=True)
class TestArchive:
    """A running archive. `key` is the admin's; `settings` may be changed while it runs."""

    __test__ = False  # not a test case of pytest's

    web_url: str
    api_url: str
    key: str
    settings: Settings
    behaviour: Behaviour
    serving: Serving

    def counts(self) -> dict[tuple[str, str], int]:
        """Requests by (method, route) so far, with ids in the route as `{id}`."""
        return self.behaviour.counts()

    def writes(self) -> int:
        """How many requests may have changed something."""
        return self.behaviour.writes()

    def reset_counts(self) -> None:
        self.behaviour.reset()

    def misbehave(self, **fault: Any) -> None:
        """Makes requests fail. The arguments are the fields of `Fault`:

        `misbehave(method="POST", route="/uploads/", status=503)`.
        """
        wanted = Fault(**fault)
        if wanted.crash:
            raise ValueError("a crash would end this process: crash a server of its own, over HTTP")
        self.behaviour.add(wanted)

    def behave(self) -> None:
        """Ends all misbehaviour. Requests that are stalled stay so."""
        self.behaviour.clear()

    def stalled(self, timeout: float) -> bool:
        """Waits until a request was stalled; False if none was within `timeout` seconds."""
        return self.behaviour.stalled.wait(timeout)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Nothing is hashed, validated, ingested or published until the block ends."""
        with self.serving.background.resting():
            yield

    def add_user(
        self, login: str, name: str = "Test, User", email: str = "", *, approved: bool = True
    ) -> str:
        """Adds a user, by a name in the form `Last, First`, and returns the key."""
        last, _, first = name.partition(", ")
        status = "APPROVED" if approved else "PENDING"
        with self.serving.archive.database.write() as db:
            email = email or f"{login}@example.org"
            return users.add(db, login, first_name=first, last_name=last, email=email, status=status)


@contextmanager
def archive(
    store: Path,
    *,
    settings: Settings | None = None,
    instance: Instance | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[TestArchive]:
    """Serves `store` from a thread of this process, until the block ends."""
    settings = settings or Settings()
    with listen(host, port) as listening, Serving(store, listening, settings, instance) as serving:
        thread = in_thread(serving)
        running = serving.running
        try:
            yield TestArchive(
                running.web_url, running.api_url, running.key, settings, serving.behaviour, serving
            )
        finally:
            serving.stop()
            thread.join()
