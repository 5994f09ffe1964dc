"""What a dandiset is on its archive. A Reader cannot write: planning is given nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from threading import Lock
from typing import Any, TypeVar

from dandifile.archive import documents
from dandifile.archive.api import ReadApi
from dandifile.archive.credentials import Secret
from dandifile.archive.instance import Instance
from dandifile.archive.instances import not_an_archive, service_url
from dandifile.archive.listing import Listing, map_in_parallel
from dandifile.errors import ArchiveError, CredentialsError, UserError
from dandifile.model import OPEN, Cache, EmbargoState, Json, JsonObject, RemoteAsset
from dandifile.reading.jsontext import Shape

T = TypeVar("T")


NOT_FOUND = 404
_UNAUTHORIZED = 401
_DRAFT = "versions/draft/info/"
_ASK_AN_OWNER = "use the key of an owner, or ask an owner to add you"


class Reader:
    """One dandiset of one archive, or (`identifier` None) the archive before there is one.

    An answer is fetched once and kept, also if threads ask at the same time, unless its method
    says "right now"; `fresh` forgets. All methods raise ArchiveError or CredentialsError if the
    archive says no.
    """

    def __init__(
        self,
        instance: Instance,
        identifier: str | None,
        key: Secret | None,
        cache: Cache,
        api: ReadApi | None = None,
    ) -> None:
        self.instance = instance
        self.identifier = identifier
        self.key = key
        self.cache = cache
        self.api = api or ReadApi(instance, key)
        self._once = Once()

    def fresh(self) -> Reader:
        """The same dandiset, nothing remembered."""
        return self.of(self.identifier)

    def of(self, identifier: str | None) -> Reader:
        """Another dandiset of the same archive, over the same connections."""
        return Reader(self.instance, identifier, self.key, self.cache, self.api)

    # --- the archive -------------------------------------------------------------------------

    def info(self) -> JsonObject:
        """`/api/info/`: versions, URLs, and the schema that the server uses."""
        return self._once.get("info", self._info)

    def check_instance(self) -> None:
        """Check that this is the archive that the spec names, and that it takes our version of `dandi`.

        The API URL that the server gives must be the instance's own: test servers and copies
        are also called `DANDI`. UserError otherwise.
        """
        own = service_url(self.info(), "api")
        if own is None:
            raise UserError(
                f"{self.instance.api_url} does not answer like a DANDI archive",
                fix="check `instance` in the spec",
            )
        if own != self.instance.api_url:
            raise UserError(
                f"{self.instance.api_url} is not {self.instance.name}: it says that its API is at {own}",
                fix="check `instance` in the spec; nothing was written",
            )
        _check_client(self.info(), self.instance.name)

    def me(self) -> str | None:
        """The key's user; None without a key."""
        return None if self.key is None else str(self.account()["username"])

    def account(self) -> JsonObject:
        """The key's user: `{username, name, admin, status}`."""
        return self._once.get("me", lambda: self._get("users/me/", documents.USER))

    def find_users(self, text: str) -> list[JsonObject]:
        """At most 10 approved users with `text` in login or name, case aside. Approved accounts may ask."""
        query: dict[str, str | int] = {"username": text}
        return self._once.get(
            ("users", text), lambda: self.api.get("users/search/", query, shape=documents.USERS)
        )

    def schema(self, model: str) -> JsonObject:
        """The server's own JSON Schema of `Dandiset` or `Asset`, fetched once for each of its versions."""
        name = f"{self.instance.api_url} {self.info()['schema_version']} {model}"

        def make() -> JsonObject:
            known: JsonObject | None = self.cache.get_many("schema", [name]).get(name)
            if known is not None and not documents.schema_fault(known):
                return known
            schema: JsonObject = self.api.get("schemas/", {"model": model}, shape=documents.SCHEMA)
            if fault := documents.schema_fault(schema):
                raise ArchiveError(
                    f"the archive's schema of {model} cannot be used: {fault}",
                    where=f"{self.instance.api_url}/schemas/?model={model}",
                    fix="run again; if the error stays, report it to the archive's help desk",
                )
            self.cache.put_many("schema", {name: schema})
            return schema

        return self._once.get(name, make)

    def blob(self, digest: str) -> JsonObject | None:
        """The blob with this dandi-etag: `{blob_id, etag, sha256, size}`, or None.

        It may be any user's, and embargoed, here or in another dandiset.
        """
        return self.api.find_blob(digest)

    def blobs(self, digests: Collection[str]) -> dict[str, str]:
        """Ids of the blobs with these dandi-etags, by dandi-etag, as `blob` finds them."""
        found = zip(digests, map_in_parallel(self.blob, digests), strict=True)
        return {digest: blob["blob_id"] for digest, blob in found if blob is not None}

    def dandisets(self) -> list[JsonObject]:
        """This user's dandisets as they are right now, embargoed and empty ones included."""
        query = {"user": "me", "embargoed": "true", "draft": "true", "empty": "true"}
        return list(self.api.get_all("dandisets/", query, item=documents.DANDISET_LISTED))

    def own_drafts(self, name: str) -> list[JsonObject]:
        """This user's dandisets whose draft has this name right now."""
        return [item for item in self.dandisets() if _draft_name(item) == name.strip()]

    def embargoed_blobs(self) -> frozenset[str]:
        """Ids of the blobs in this user's embargoed dandisets, which must not be reused in an open one."""
        return frozenset().union(*self._blobs_under_embargo().values())

    def sharing_embargoes(self) -> tuple[str, ...]:
        """Other dandisets of this user under embargo that hold content of this one."""
        others = self._blobs_under_embargo()
        mine = {asset.blob for asset in self.assets().values() if asset.blob}
        return tuple(sorted(other for other in others if other != self.identifier and mine & others[other]))

    # --- the dandiset ------------------------------------------------------------------------

    def dandiset(self) -> JsonObject:
        """The detail: identifier, embargo_status, draft_version, most_recent_published_version."""
        return self._once.get("dandiset", lambda: self._get(self._own(), documents.DANDISET))

    def embargo(self) -> EmbargoState:
        """Who can see the dandiset; the day comes from the draft's own `access`."""
        return EmbargoState.of(self.dandiset()["embargo_status"], self.draft()["metadata"])

    def draft(self) -> JsonObject:
        """The draft's `info`: metadata, status, counts and the server's validation errors."""
        return self._once.get("draft", lambda: self._get(f"{self._own()}{_DRAFT}", documents.DRAFT))

    def owners(self) -> tuple[str, ...]:
        """The owners' logins."""
        return tuple(user["username"] for user in self.users())

    def users(self) -> list[JsonObject]:
        """The owners: `{username, name, email}`."""
        return self._once.get("owners", lambda: self._get(f"{self._own()}users/", documents.USERS))

    def active_uploads(self) -> int:
        """How many uploads were begun and never validated; also users who are not owners get this."""
        count = self.dandiset()["draft_version"].get("active_uploads")
        return count if isinstance(count, int) else 0

    def open_uploads(self) -> list[JsonObject]:
        """Uploads that were begun and never validated: `{upload_id, etag, size, created, …}`."""
        if not self.active_uploads():
            return []
        uploads = f"{self._own()}uploads/"
        return self._once.get("uploads", lambda: list(self.api.get_all(uploads, item=documents.UPLOAD)))

    def assets(self) -> dict[str, RemoteAsset]:
        """The draft's assets by path, in byte order; metadata is not held."""
        return self._once.get("assets", self._listing().assets)

    def asset_metadata(self, ids: Iterable[str]) -> dict[str, JsonObject]:
        """Stripped metadata (`metadata.strip_asset`) by asset id; ids that left the draft are known too."""
        return self._listing().metadata(ids, self._places)

    def asset_at(self, path: str) -> JsonObject | None:
        """What is at this path right now: a listing's item with whole metadata, or None."""
        query: dict[str, str | int] = {"path": path, "metadata": "true", "page_size": 1}
        answer = self.api.get(
            f"{self._own()}versions/draft/assets/", query, shape=documents.page_part(documents.ASSET)
        )
        found = answer["results"]
        return next((item for item in found if item["path"] == path), None)

    def asset_verdict(self, asset_id: str) -> JsonObject:
        """What the archive finds wrong with one asset of the draft: `{status, validation_errors}`."""
        path = f"{self._own()}versions/draft/assets/{asset_id}/validation/"
        verdict: JsonObject = self.api.get(path, shape=documents.ASSET_VERDICT)
        return verdict

    def content_url(self, asset_id: str) -> str:
        """Where an asset's content can be read for a few hours, without the key."""
        return self.api.location(f"assets/{asset_id}/download/")

    def zarr_file_url(self, zarr_id: str, path: str) -> str:
        """The same of one file of a Zarr."""
        return self.api.location(f"zarr/{zarr_id}/files/", {"prefix": path, "download": "true"})

    # --- zarrs, as they are right now -----------------------------------------------------------

    def zarr_names(self) -> list[str]:
        """The names of all Zarrs that the dandiset ever had, also of those that are no asset any more."""
        rows = self.api.get_all("zarr/", {"dandiset": str(self.identifier)}, item=documents.ZARR)
        return sorted(row["name"] for row in rows)

    def zarr_named(self, name: str) -> JsonObject | None:
        """The row of this name: `{zarr_id, name, status, checksum, …}`; it may belong to no asset."""
        query: dict[str, str | int] = {"dandiset": str(self.identifier), "name": name}
        found: list[JsonObject] = self.api.get("zarr/", query, shape=documents.page_part(documents.ZARR))[
            "results"
        ]
        return found[0] if found else None

    def zarr(self, zarr_id: str) -> JsonObject:
        """Its status (Pending, Uploaded, Ingesting, Complete) and, once Complete, its checksum."""
        row: JsonObject = self.api.get(f"zarr/{zarr_id}/", shape=documents.ZARR)
        return row

    def zarr_files(self, zarr_id: str) -> Iterator[tuple[str, str]]:
        """(path, MD5 in hex) of every file, in the byte order of the paths, page by page."""
        after = ""
        while True:
            query: dict[str, str | int] = {"after": after} if after else {}
            page = self.api.get(f"zarr/{zarr_id}/files/", query, shape=documents.page(documents.ZARR_FILE))
            yield from ((item["Key"], item["ETag"].strip('"')) for item in page["results"])
            if page["next"] is None or not page["results"]:
                return
            after = page["results"][-1]["Key"]

    # --- how -----------------------------------------------------------------------------------

    def _own(self) -> str:
        assert self.identifier is not None, "there is no dandiset yet"
        return f"dandisets/{self.identifier}/"

    def _info(self) -> Json:
        try:
            return self._get("info/", documents.INFO)
        except ArchiveError as error:
            raise not_an_archive(error, self.instance.api_url) from None
        except CredentialsError as error:
            if self.key is not None and not error.where:  # an archive refuses a wrong key everywhere
                raise
            asked = ArchiveError(error.what, status=_UNAUTHORIZED, where=error.where)
            raise not_an_archive(asked, self.instance.api_url) from None

    def _get(self, path: str, shape: Shape) -> Json:
        try:
            return self.api.get(path, shape=shape)
        except ArchiveError as error:
            if error.status == NOT_FOUND and self.identifier and path.startswith(self._own()):
                raise ArchiveError(
                    f"{self.instance.name} has no dandiset {self.identifier}",
                    status=NOT_FOUND,
                    where=error.where,
                    fix="check `identifier` and `instance` in the spec",
                ) from None
            raise
        except CredentialsError as error:
            is_own_key_wrong = self.key is not None and not error.where
            if is_own_key_wrong or not self.identifier or path not in (self._own(), self._own() + _DRAFT):
                raise
            hidden = f"{self.identifier} on {self.instance.name} is under embargo: only its owners can see it"
            raise CredentialsError(
                f"{hidden}, and {error.what}" if self.key is None else hidden,
                where=error.where,
                fix=f"as an owner, {error.fix}" if self.key is None else _ASK_AN_OWNER,
            ) from None

    def _listing(self) -> Listing:
        assert self.identifier is not None, "there is no dandiset yet"
        return Listing(self.api, self.identifier, self.cache)

    def _places(self) -> dict[str, int]:
        return {asset.asset_id: place for place, asset in enumerate(self.assets().values())}

    def _blobs_under_embargo(self) -> dict[str, frozenset[str]]:
        """Ids of blobs by the dandiset of this user that is embargoed and holds them."""

        def blobs(identifier: str) -> frozenset[str]:
            rows = Listing(self.api, identifier, self.cache).rows()
            return frozenset(row.blob for row in rows if row.blob)

        def found() -> dict[str, frozenset[str]]:
            hidden = (item["identifier"] for item in self.dandisets() if item["embargo_status"] != OPEN)
            return {identifier: blobs(identifier) for identifier in hidden}

        return self._once.get("blobs under embargo", found)


class Once:
    """Values that many threads ask for and one makes, by key. After a failure the next one tries again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._making: defaultdict[Hashable, Lock] = defaultdict(Lock)
        self._made: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            making = self._making[key]
        with making:
            if key not in self._made:
                self._made[key] = make()
            value: T = self._made[key]
            return value


def _draft_name(item: JsonObject) -> str:
    return str((item.get("draft_version") or {}).get("name", "")).strip()


def _check_client(info: JsonObject, archive: str) -> None:
    """UserError if the archive does not take files made by the installed version of the dandi package."""
    from importlib.metadata import version

    from packaging.version import InvalidVersion, Version

    def read(text: str) -> Version | None:
        try:
            return Version(text)
        except InvalidVersion:  # says nothing about ours, which is valid
            return None

    ours = Version(version("dandi"))
    least = read(info.get("cli-minimal-version") or "0")
    bad = {read(text) for text in info.get("cli-bad-versions") or ()}
    if (least and ours < least) or ours in bad:
        raise UserError(
            f"{archive} refuses dandi {ours}, which dandifile uses; it needs {least} or later",
            fix="update it: pip install --upgrade dandi",
        )
