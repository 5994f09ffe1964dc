"""Any file that no other format takes: its name is all that the archive's client looks at."""

from __future__ import annotations

import os
from collections.abc import Iterable

from dandifile.model import JsonObject
from dandifile.survey import media
from dandifile.survey.asset_metadata import metadata_by_name
from dandifile.survey.format import Format
from dandifile.survey.scanned_file import Content, Look


class Generic(Format):
    """Videos and images are taken by themselves, other files with `standard: any` or in a dataset."""

    NAME = "generic"
    LABEL = "video or image"
    LABELS = "videos and images"

    def is_file(self, name: str) -> bool:
        return os.path.splitext(name)[1] in media.SUFFIXES  # noqa: PTH122  # a name, not a path

    def metadata(self, contents: Iterable[Content], look: Look) -> dict[str, JsonObject]:  # noqa: ARG002
        return {content.source: metadata_by_name(content.file.below) for content in contents}
