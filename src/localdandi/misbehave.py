"""Counts every request and, on demand, behaves as badly as networks and servers do."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import Response

from localdandi.instance import BUCKET

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CRASHED = 137  # as of a process that was killed
_SAFE = ("GET", "HEAD", "OPTIONS")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"/dandisets/[0-9]{6}/")
_MOST_ROUTES = 10_000  # that are counted one by one: anybody may ask for any path
_REST = ("", "")  # all others
OURS = "/_test/"


@dataclass
class Fault:
    """What goes wrong with requests whose method and route match (regular expressions; empty: all).

    It happens `times` times (-1: always), after the first `skip` matching requests went well.
    Several may act on one request, in the order in which they were asked for.

    - `latency`: seconds to wait before the request is looked at
    - `bandwidth`: bytes a second, for bodies in both directions
    - `status`: answer with this and do nothing; with `retry_after` seconds in a Retry-After header
    - `overlapping`: only where another matching request is under way; with `status` 500 that is a deadlock of
      the real archive's database, of which concurrent writes to assets of one draft see many
    - `drop`: "before" cuts the connection and does nothing; "after" does it and cuts the connection
    - `stall`: never answer, and do nothing
    - `crash`: the whole server process dies at once, as by a loss of power
    """

    method: str = ""
    route: str = ""
    times: int = 1
    skip: int = 0
    latency: float = 0.0
    bandwidth: int = 0
    status: int = 0
    retry_after: float | None = None
    overlapping: bool = False
    drop: str = ""
    stall: bool = False
    crash: bool = False

    def matches(self, method: str, path: str) -> bool:
        fits = re.search(self.route, path) or re.search(self.route, route_of(path))
        return bool(re.fullmatch(self.method or ".*", method) and fits)


@dataclass
class Behaviour:
    """The faults in force and the requests so far; shared between threads."""

    faults: list[Fault] = field(default_factory=list)
    stalled: threading.Event = field(default_factory=threading.Event)
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _underway: Counter[tuple[str, str]] = field(default_factory=Counter)
    _changing: threading.Lock = field(default_factory=threading.Lock)

    def counts(self) -> dict[tuple[str, str], int]:
        """Requests by method and route; ids in a route are written `{id}`."""
        with self._changing:
            return dict(self._counts)

    def writes(self) -> int:
        """Requests that may have had an effect: neither reads nor look-ups by digest."""
        return sum(
            number
            for (method, route), number in self.counts().items()
            if method not in _SAFE and not route.endswith("/blobs/digest/")
        )

    def reset(self) -> None:
        with self._changing:
            self._counts.clear()

    def add(self, fault: Fault) -> None:
        with self._changing:
            self.faults.append(fault)

    def clear(self) -> None:
        with self._changing:
            self.faults.clear()
            self.stalled.clear()

    def meet(self, method: str, path: str) -> list[Fault]:
        """Counts a request, under way from now on until it has `left`, and takes the faults that it meets."""
        with self._changing:
            counted = method, route_of(path)
            self._counts[
                counted if len(self._counts) < _MOST_ROUTES or counted in self._counts else _REST
            ] += 1
            matching = [
                fault
                for fault in self.faults
                if fault.matches(method, path)
                and (not fault.overlapping or any(fault.matches(*other) for other in +self._underway))
            ]
            self._underway[method, path] += 1
            met = [fault for fault in matching if fault.skip <= 0]
            for fault in matching:
                if fault.skip > 0:
                    fault.skip -= 1
                else:
                    fault.times -= 1
            self.faults = [fault for fault in self.faults if fault.times != 0]
            return met

    def left(self, method: str, path: str) -> None:
        with self._changing:
            self._underway[method, path] -= 1
            self._underway += Counter()  # forgets what has come to nothing


def route_of(path: str) -> str:
    """The path without its ids, so that requests can be counted by kind; objects are `/objects/…`."""
    if path.startswith(f"{BUCKET}/"):
        return f"/objects/{path.split('/')[2]}/{{id}}"
    return _NUMBER.sub("/dandisets/{id}/", _UUID.sub("{id}", path))


class Misbehaving:
    """Middleware in front of the application. `cut` ends the connection that a request came by."""

    def __init__(self, app: ASGIApp, behaviour: Behaviour, cut: Callable[[Scope], None]) -> None:
        self._app = app
        self._behaviour = behaviour
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OURS):
            await self._app(scope, receive, send)
            return
        faults = self._behaviour.meet(scope["method"], scope["path"])
        try:
            await self._play(faults, scope, receive, send)
        finally:
            self._behaviour.left(scope["method"], scope["path"])

    async def _play(self, faults: list[Fault], scope: Scope, receive: Receive, send: Send) -> None:
        dropping = False
        for fault in faults:
            if fault.latency:
                await asyncio.sleep(fault.latency)
            if fault.crash:
                os._exit(_CRASHED)
            if fault.stall:
                self._behaviour.stalled.set()
                await asyncio.Event().wait()
            if fault.drop == "before":
                await self._hang_up(scope)
                return
            if fault.status:
                await _answer(fault)(scope, receive, send)
                return
            dropping = dropping or fault.drop == "after"
            if fault.bandwidth:
                receive, send = _slow_receive(receive, fault.bandwidth), _slow_send(send, fault.bandwidth)
        await self._app(scope, receive, _unheard if dropping else send)
        if dropping:
            await self._hang_up(scope)

    async def _hang_up(self, scope: Scope) -> None:
        self._cut(scope)
        await asyncio.sleep(0.01)  # the server must see that the client is gone, or it would answer


async def _unheard(_message: Message) -> None:
    """An answer that goes nowhere."""


def _answer(fault: Fault) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    return Response("misbehaving as told", fault.status, headers, media_type="text/plain")


def _slow_receive(receive: Receive, rate: int) -> Receive:
    async def slow() -> Message:
        message = await receive()
        await asyncio.sleep(len(message.get("body", b"")) / rate)
        return message

    return slow


def _slow_send(send: Send, rate: int) -> Send:
    async def slow(message: Message) -> None:
        await asyncio.sleep(len(message.get("body", b"")) / rate)
        await send(message)

    return slow
