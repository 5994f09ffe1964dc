"""What can be done to a dandiset on its archive, one request per method. Nothing here decides what to do.

Every method can be called again after a crash or a lost answer: if the archive then says
404 or 409, it is asked what it has, and that is compared with what was wanted.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dandifile.archive import documents
from dandifile.archive.api import Call, Reply, WriteApi
from dandifile.archive.credentials import Secret
from dandifile.archive.documents import content_digest, schema_version, strip_asset, strip_dandiset
from dandifile.archive.guard import Guard
from dandifile.archive.instance import Instance
from dandifile.archive.lost_answers import AskedUpload
from dandifile.archive.reader import NOT_FOUND, Once, Reader
from dandifile.digests import DANDI_ETAG
from dandifile.errors import ArchiveError, BlockedError
from dandifile.model import EMBARGOED, Cache, Json, JsonObject, RemoteAsset, ZarrFile
from dandifile.net.retry import Repeat

BAD_REQUEST = 400
CONFLICT = 409
LOCKED = 423


@dataclass(frozen=True)
class Embargo:
    """How a dandiset is embargoed from its creation on.

    `until` is YYYY-MM-DD, at most 2 years ahead, 5 with a funding source (2 if absent). A
    funding source needs its award number, and an award number its funding source.
    """

    until: str | None = None
    funding_source: str | None = None
    award: str | None = None

    @classmethod
    def of(cls, terms: Json) -> Embargo | None:
        """The embargo on these terms (`until`, `funding_source`, `award`); None where there are none."""
        return None if terms is None else cls(**terms)

    def query(self) -> dict[str, str | int]:
        named = {
            "embargo_end_date": self.until,
            "funding_source": self.funding_source,
            "award_number": self.award,
        }
        return {"embargo": "true", **{key: value for key, value in named.items() if value}}


@dataclass(frozen=True)
class Part:
    """A part of a file and the signed URL that takes it."""

    number: int
    size: int
    url: str


@dataclass(frozen=True)
class BegunUpload:
    """An upload that the archive is waiting for."""

    upload_id: str
    parts: tuple[Part, ...]


class Writer:
    """Writes to one dandiset, or creates it first (`identifier` is None until `create`).

    Before the first write it checks that this is the archive that the instance names, and before each one
    what its `guard` says, if it has one. Threads may share one.
    """

    def __init__(
        self,
        instance: Instance,
        key: Secret,
        identifier: str | None,
        cache: Cache,
        api: WriteApi | None = None,
    ) -> None:
        self.guard: Guard | None = None
        self.reader = Reader(instance, identifier, key, cache)
        self._api = api or WriteApi(instance, key)
        self._once = Once()
        self._released = False  # the archive has refused a write since it is releasing an embargo

    @property
    def identifier(self) -> str | None:
        return self.reader.identifier

    # --- the dandiset ------------------------------------------------------------------------

    def create(self, name: str, metadata: JsonObject, embargo: Embargo | None = None) -> str:
        """Create a dandiset and return its identifier; this writer is then for it.

        Sent again only if the first request certainly had no effect: `create.create_once`
        finds out what was done if the answer is lost.
        """
        call = Call(
            "POST",
            "dandisets/",
            {"name": name, "metadata": strip_dandiset(metadata)},
            embargo.query() if embargo else {"embargo": "false"},
            Repeat.DOUBLES,
            documents.DANDISET_MADE,
        )
        identifier: str = self._write(call).body["identifier"]
        self.adopt(identifier)
        return identifier

    def adopt(self, identifier: str | None) -> None:
        """Write to this dandiset from now on, or (None) to none."""
        self.reader = self.reader.of(identifier)

    def unembargo(self, check: Callable[[], None]) -> None:
        """Have the archive release the dandiset for everyone, in its own time; fine if asked before.

        `check` looks at what everyone will see, right before each request, or raises.
        """
        path = f"dandisets/{self.identifier}/unembargo/"
        check()
        try:
            answer = self._write(Call("POST", path, remake=check), accept=(BAD_REQUEST,))
        except ArchiveError:  # the answer may be lost, and not the request
            if self.reader.fresh().embargo().status == EMBARGOED:
                raise
            return
        if answer.status == BAD_REQUEST and self.reader.fresh().embargo().status == EMBARGOED:
            raise _refusal(answer, path)

    def put_metadata(
        self, name: str, metadata: JsonObject, remake: Callable[[], JsonObject] | None = None
    ) -> None:
        """Replace the draft's whole document: keys that are left out are deleted.

        Before it is sent again, `remake` makes the document of what is then there, or raises: it may
        have been edited since.
        """
        path = f"dandisets/{self.identifier}/versions/draft/"
        again = (lambda: _draft_body(name, remake())) if remake else None
        self._write(Call("PUT", path, {"name": name, "metadata": metadata}, remake=again))

    def publish(self, release_notes: str, check: Callable[[], None]) -> Reply:
        """Have the archive publish the draft, which it does in the background.

        A refusal is the caller's to judge. Sent again only if the first request certainly had no effect.
        `check` looks at the draft right before each request, or raises: one that changed meanwhile would
        be published, too.
        """

        def body() -> Json:
            check()
            return {"release_notes": release_notes} if release_notes else {}

        path = f"dandisets/{self.identifier}/versions/draft/publish/"
        call = Call("POST", path, body(), repeat=Repeat.DOUBLES, remake=body)
        return self._write(call, accept=(BAD_REQUEST, CONFLICT, LOCKED))

    def put_owners(self, remake: Callable[[], list[str]]) -> None:
        """Replace the list of owners, by login, with what `remake` gives right before it is sent, or raises.

        The archive sends an e-mail to whoever is added or removed.
        """

        def body() -> Json:
            return [{"username": login} for login in remake()]

        path = f"dandisets/{self.identifier}/users/"
        self._write(Call("PUT", path, body(), shape=documents.USERS, remake=body))

    # --- assets --------------------------------------------------------------------------------

    def create_asset(
        self, path: str, blob: str | None, metadata: JsonObject, *, zarr: str | None = None
    ) -> RemoteAsset:
        """Add an asset, or return the one that is there, if it has the same content and metadata."""
        body = _asset_body(path, blob, zarr, metadata)
        answer = self._write(
            Call("POST", f"{self._assets}/", body, shape=documents.ASSET), accept=(CONFLICT,)
        )
        return self._asset_after(answer, body)

    def put_asset(
        self,
        asset_id: str,
        path: str,
        blob: str | None,
        metadata: JsonObject,
        *,
        zarr: str | None = None,
    ) -> RemoteAsset:
        """Replace an asset's path, content and metadata; a change gives it a new id."""
        body = _asset_body(path, blob, zarr, metadata)
        call = Call("PUT", f"{self._assets}/{asset_id}/", body, shape=documents.ASSET)
        answer = self._write(call, accept=(NOT_FOUND, CONFLICT))
        return self._asset_after(answer, body, asset_id)

    def delete_asset(self, asset_id: str) -> None:
        """Take an asset off the draft; one that is gone already is fine."""
        self._write(Call("DELETE", f"{self._assets}/{asset_id}/"), accept=(NOT_FOUND,))

    # --- uploads -------------------------------------------------------------------------------

    def initialize(self, size: int, digest: str) -> BegunUpload | str:
        """Begin an upload; the blob's id if the archive already has this content."""
        body = {
            "contentSize": size,
            "digest": {"algorithm": DANDI_ETAG, "value": digest},
            "dandiset": self.identifier,
        }
        asked = AskedUpload(self.reader, digest)

        def again() -> Json:
            asked.note()
            return body

        call = Call("POST", "uploads/initialize/", again(), shape=documents.UPLOAD_BEGUN, remake=again)
        answer = self._write(call, accept=(CONFLICT,))
        asked.answered()
        if answer.status == CONFLICT:
            try:
                return answer.headers["Location"]
            except KeyError:
                raise _refusal(answer, "uploads/initialize/") from None
        self.reader.cache.put_many("begun", {answer.body["upload_id"]: True})
        parts = (Part(part["part_number"], part["size"], part["upload_url"]) for part in answer.body["parts"])
        return BegunUpload(answer.body["upload_id"], tuple(parts))

    def complete(self, upload_id: str, parts: list[JsonObject]) -> tuple[str, str]:
        """Report that all parts are sent; the URL and the body of the request that joins them.

        A part is `{part_number, size, etag}`.
        """
        call = Call("POST", f"uploads/{upload_id}/complete/", {"parts": parts}, shape=documents.UPLOAD_SENT)
        body = self._write(call).body
        return body["complete_url"], body["body"]

    def validate(self, upload_id: str) -> str | None:
        """Turn an upload into a blob and return its id.

        None if the upload does not exist any more: it was validated before, or another upload of
        the same content was finished meanwhile. In both cases `initialize` then gives the blob.
        """
        call = Call("POST", f"uploads/{upload_id}/validate/", shape=documents.UPLOAD_VALIDATED)
        answer = self._write(call, accept=(NOT_FOUND, CONFLICT))
        return None if answer.status in (NOT_FOUND, CONFLICT) else str(answer.body["blob_id"])

    def drop_uploads(self) -> None:
        """Drop every upload to this dandiset that is not finished, also those of other users."""
        self._write(Call("DELETE", f"dandisets/{self.identifier}/uploads/"))

    # --- zarrs ---------------------------------------------------------------------------------

    def create_zarr(self, name: str) -> str:
        """Create a Zarr without files and return its id; if there is one of this name, the id of that one."""
        body = {"name": name, "dandiset": self.identifier}
        answer = self._write(Call("POST", "zarr/", body, shape=documents.ZARR), accept=(BAD_REQUEST,))
        row = answer.body if answer.status != BAD_REQUEST else self.reader.zarr_named(name)
        if row is None:
            raise _refusal(answer, name)
        return str(row["zarr_id"])

    def zarr_urls(self, zarr: str, files: Iterable[ZarrFile]) -> list[str]:
        """Signed URLs that take these files, in their order. The Zarr is Pending from then on."""
        body = [
            {"path": file.path, "base64md5": b64encode(bytes.fromhex(file.md5)).decode()} for file in files
        ]
        urls: list[str] = self._write(Call("POST", f"zarr/{zarr}/files/", body, shape=documents.URLS)).body
        return urls

    def delete_zarr_files(self, zarr: str, paths: Iterable[str]) -> None:
        """Delete files of a Zarr: all, or none if one is gone already, which the caller finds out."""
        body = [{"path": path} for path in paths]
        self._write(Call("DELETE", f"zarr/{zarr}/files/", body), accept=(BAD_REQUEST,))

    def finalize_zarr(self, zarr: str) -> None:
        """Have the archive compute the checksum of a Zarr; it refuses if it is doing so, or has one."""
        self._write(Call("POST", f"zarr/{zarr}/finalize/"), accept=(BAD_REQUEST,))

    # --- how -----------------------------------------------------------------------------------

    @property
    def _assets(self) -> str:
        return f"dandisets/{self.identifier}/versions/draft/assets"

    def _write(self, call: Call, accept: tuple[int, ...] = ()) -> Reply:
        self._once.get("instance", self.reader.check_instance)
        if self._released:
            raise self._released_error()
        if self.guard is not None:
            self.guard.check(self.reader)
        try:
            return self._api.write(call, accept)
        except ArchiveError as error:
            if error.status != BAD_REQUEST or "during unembargo" not in error.what:
                raise
            self._released = True
            raise self._released_error() from None

    def _released_error(self) -> BlockedError:
        """Nothing more is written in this run: everyone will see the dandiset, which no plan said."""
        return BlockedError(
            f"somebody is releasing the embargo of {self.identifier}: the archive takes no change until that "
            "has ended, and everyone will see what is written then",
            fix="run plan again and look at it; apply waits for the end of the release",
        )

    def _asset_after(self, answer: Reply, body: JsonObject, asset_id: str = "") -> RemoteAsset:
        """The asset that an answer gives; after 404 or 409 the one that is there, if it is the same.

        `asset_id` is the asset that was to be replaced.
        """
        if answer.status not in (NOT_FOUND, CONFLICT):
            return self._remember(answer.body)
        path = body["metadata"]["path"]
        there = self.reader.asset_at(path)
        if there is None:
            raise _refusal(answer, path)
        if not _is_same_asset(there, body):
            if there["asset_id"] == asset_id:  # it did not change: there is another reason
                raise _refusal(answer, path)
            raise BlockedError(
                f"{path} was changed on the archive by someone else since the plan was made",
                where=path,
                fix="run plan again and look at it",
            )
        return self._remember(there)

    def _remember(self, item: JsonObject) -> RemoteAsset:
        """Cache what the archive has under the new asset id, so that the next plan need not ask."""
        digest = content_digest(item["metadata"])
        cache = self.reader.cache
        version = schema_version(item["metadata"])
        cache.put_many("asset", {item["asset_id"]: strip_asset(item["metadata"])})
        cache.put_many("schema-of", {item["asset_id"]: version})
        if item["blob"] and digest:
            cache.put_many("digest-of", {item["blob"]: digest})
        return RemoteAsset(
            item["asset_id"], item["path"], item["size"], digest, item["blob"], item["zarr"], version
        )


def _draft_body(name: str, metadata: JsonObject) -> JsonObject:
    """The name goes next to the document; the name in the document is the newest."""
    return {"name": metadata.get("name", name), "metadata": metadata}


def _asset_body(path: str, blob: str | None, zarr: str | None, metadata: JsonObject) -> JsonObject:
    content = {"blob_id": blob} if zarr is None else {"zarr_id": zarr}
    return {"metadata": {**strip_asset(metadata), "path": path}, **content}


def _is_same_asset(there: JsonObject, body: JsonObject) -> bool:
    """Whether an asset of the draft is what a body asks for; the server adds a missing schemaVersion."""
    has, wants = strip_asset(there["metadata"]), strip_asset(body["metadata"])
    if "schemaVersion" in has:
        wants.setdefault("schemaVersion", has["schemaVersion"])
    content = (there["blob"], there["zarr"])
    return has == wants and content == (body.get("blob_id"), body.get("zarr_id"))


def _refusal(answer: Reply, where: str) -> ArchiveError:
    reason: Json = answer.body
    return ArchiveError(
        f"the archive refuses it: {reason or answer.status}",
        status=answer.status,
        where=where,
        fix="run plan again and look at it",
    )
