"""The archives that are known by name, and which archive a name or a URL means.

Names, URLs, key variables and keyring services are those of the dandi client, so that a
lab that uses it has nothing to set up twice. Old names and hosts of the sandbox are refused
with the right name: they redirect, and a redirect to another host loses the API key.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from dandifile.archive.instance import LOCAL, Instance
from dandifile.errors import ArchiveError, UserError
from dandifile.model import Json
from dandifile.net.urls import is_loopback, normal_url, origin_of, split

_KNOWN = (
    Instance.with_name("dandi", "https://dandiarchive.org", "https://api.dandiarchive.org/api"),
    Instance.with_name(
        "dandi-sandbox",
        "https://sandbox.dandiarchive.org",
        "https://api.sandbox.dandiarchive.org/api",
    ),
    Instance.with_name("linc", "https://lincbrain.org", "https://api.lincbrain.org/api"),
    Instance.with_name(
        "linc-staging",
        "https://staging.lincbrain.org",
        "https://staging-api.lincbrain.org/api",
    ),
    Instance.with_name(
        "ember-dandi",
        "https://dandi.emberarchive.org",
        "https://api-dandi.emberarchive.org/api",
    ),
    Instance.with_name(
        "ember-dandi-sandbox",
        "https://dandi.sandbox.emberarchive.org",
        "https://api-dandi.sandbox.emberarchive.org/api",
    ),
    Instance.with_name("dandi-api-local-docker-tests", "http://localhost:8085", "http://localhost:8000/api"),
)

_OK, _BAD_REQUEST, _NOT_FOUND, _TOO_MANY, _SERVER_ERROR = 200, 400, 404, 429, 500

_RENAMED = {
    "dandi-staging": "dandi-sandbox",
    "gui-staging.dandiarchive.org": "dandi-sandbox",
    "api-staging.dandiarchive.org": "dandi-sandbox",
    "gui.dandiarchive.org": "dandi",
    "www.dandiarchive.org": "dandi",
}


def known_instances() -> Mapping[str, Instance]:
    """The built-in archives by name."""
    return MappingProxyType({instance.name: instance for instance in _KNOWN})


def current_name(host: str) -> str:
    """The archive that an old host name meant, for addresses of its pages; "" for a host that is not old."""
    return _RENAMED.get(host, "")


def find_instance(name_or_url: str) -> Instance:
    """The archive of this name or URL. Only a URL that is not built in is asked what it is.

    Raises as `built_in` does; ArchiveError where nothing answers like a DANDI archive.
    """
    return built_in_instance(name_or_url) or _ask(origin_of(normal_url(name_or_url.strip())))


def built_in_instance(name_or_url: str) -> Instance | None:
    """The archive of this name or URL; None for a URL that is not built in. Sends no request.

    `local` is the caller's: it runs that archive and makes an `Instance.of_store`.
    UserError for a name that is not known, an old name or host, and plain HTTP to another machine.
    """
    text = name_or_url.strip()
    if text in _RENAMED:
        raise _old_name_error(text, _RENAMED[text])
    if text in known_instances():
        return known_instances()[text]
    if "://" not in text:
        raise _no_such_name(text)
    url = normal_url(text)
    parts = split(url)
    if (parts.hostname or "") in _RENAMED:
        raise _old_name_error(text, _RENAMED[parts.hostname or ""])
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(f"{text!r} is not the URL of an archive", fix="write it as https://HOST")
    _refuse_plain_http(url)
    origin = origin_of(url)
    for instance in _KNOWN:
        if origin in (origin_of(instance.web_url), origin_of(instance.api_url)):
            return instance
    return None


def check_name(name_or_url: str) -> None:
    """As `built_in`, for a spec's `instance`: `local` is allowed too."""
    if name_or_url != LOCAL:
        built_in_instance(name_or_url)


def has_dandiset(instance: Instance, identifier: str) -> bool:
    """Whether an archive that shows every dandiset without a key has this one."""
    from dandifile.archive.api import get_json

    try:
        get_json(f"{instance.api_url}/dandisets/{identifier}/")
    except ArchiveError as error:
        return error.status != _NOT_FOUND
    return True


def _no_such_name(name: str) -> UserError:
    names = [*known_instances(), LOCAL]
    near = difflib.get_close_matches(name, names, n=1)
    nearest = f"did you mean {near[0]}? " if near else ""
    return UserError(
        f"no archive is called {name!r}",
        fix=f"{nearest}Known archives: {', '.join(names)}; for any other archive, write its URL, https://HOST",
    )


def _old_name_error(old: str, new: str) -> UserError:
    return UserError(
        f"{old!r} is an old name: it only redirects, and a redirect loses the API key",
        fix=f"write `instance: {new}`",
    )


def _refuse_plain_http(url: str) -> None:
    if urlsplit(url).scheme == "http" and not is_loopback(url):
        raise UserError(
            f"{url} is plain HTTP: the API key would travel unencrypted",
            fix=f"use https://{url.removeprefix('http://')}, or an SSH tunnel to it and http://localhost:PORT",
        )


def _ask(origin: str) -> Instance:
    """Ask an archive that is not built in for its URLs, in the order of the dandi client."""
    from dandifile.archive.api import get_json

    try:
        try:
            info = get_json(f"{origin}/server-info")
        except ArchiveError as error:
            if error.status != _NOT_FOUND:
                raise
            info = get_json(f"{origin}/api/info/")
    except ArchiveError as error:
        raise not_an_archive(error, origin) from None
    api_url = service_url(info, "api")
    if api_url is None:
        raise ArchiveError(f"{origin} is not a DANDI archive", fix="check `instance` in the spec")
    _refuse_plain_http(api_url)
    for instance in _KNOWN:
        if api_url == instance.api_url:
            raise UserError(
                f"{origin} says that its API is {api_url}, which is {instance.name}",
                fix=f"write `instance: {instance.name}` if you mean that archive",
            )
    return Instance.with_name(urlsplit(origin).netloc, service_url(info, "webui") or origin, api_url)


def not_an_archive(error: ArchiveError, url: str) -> ArchiveError:
    """What to say where a host does not even tell what it is: any archive does, without a key.

    A host that cannot be reached, has moved, or is too busy may be one all the same.
    """
    status = error.status or 0
    if status in (0, _TOO_MANY) or _OK < status < _BAD_REQUEST:
        return error
    if status >= _SERVER_ERROR:
        fix = "run again later; if it stays so, check `instance` in the spec"
        return ArchiveError(f"{url}: {error.what}", status=status, where=error.where, fix=fix)
    said = (
        f"it answers {status} to the question which archive it is" if status >= _BAD_REQUEST else error.what
    )
    return ArchiveError(
        f"{url} is not a DANDI archive, or not the address of its API: {said}",
        status=status,
        where=error.where,
        fix=f"check `instance` in the spec; known archives: {', '.join([*known_instances(), LOCAL])}",
    )


def service_url(info: Json, service: str) -> str | None:
    """The URL that `/api/info/` gives for one of the archive's services; None where it gives none."""
    try:
        url = info["services"][service]["url"]
    except (KeyError, TypeError):
        return None
    try:
        return normal_url(url) if isinstance(url, str) and "://" in url else None
    except UserError:  # the archive's slip, and no URL
        return None
