from __future__ import annotations

from dandifile.archive.object_urls import ObjectUrls, blob_key

STORE = "https://store.example.org/bucket"
ONE, TWO = "0a1b2c3d-one", "9f8e7d6c-two"


class Archive:
    """Says where objects are, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def signed(self, key: str) -> str:
        self.asked += 1
        return f"{STORE}/{key}?X-Amz-Signature=secret"


def test_the_first_object_says_where_the_others_are() -> None:
    archive, urls = Archive(), ObjectUrls(is_open=True)
    first = urls.url_of(blob_key(ONE), lambda: archive.signed(blob_key(ONE)))
    assert first() == f"{STORE}/blobs/0a1/b2c/{ONE}?X-Amz-Signature=secret"
    second = urls.url_of(blob_key(TWO), lambda: archive.signed(blob_key(TWO)))
    assert second() == f"{STORE}/blobs/9f8/e7d/{TWO}"
    assert urls.url_of("zarr/z/a/0 1", lambda: "")() == f"{STORE}/zarr/z/a/0%201"
    assert archive.asked == 1


def test_where_the_guess_is_refused_the_archive_is_asked() -> None:
    archive, urls = Archive(), ObjectUrls(is_open=True)
    urls.url_of(blob_key(ONE), lambda: archive.signed(blob_key(ONE)))()
    url = urls.url_of(blob_key(TWO), lambda: archive.signed(blob_key(TWO)))
    assert "Signature" not in url()
    assert "Signature" in url()
    assert "Signature" in url()


def test_of_an_embargoed_dandiset_every_object_is_asked_for() -> None:
    archive, urls = Archive(), ObjectUrls(is_open=False)
    for blob in (ONE, TWO):
        assert "Signature" in urls.url_of(blob_key(blob), lambda blob=blob: archive.signed(blob_key(blob)))()  # type: ignore[misc]
    assert archive.asked == 2


def test_a_store_with_keys_of_its_own_is_always_asked_for() -> None:
    urls = ObjectUrls(is_open=True)
    for _ in range(2):
        assert urls.url_of(blob_key(ONE), lambda: f"{STORE}/else?s=1")() == f"{STORE}/else?s=1"
