"""The folder of an export: only one that is empty or was made by an earlier export is written to.

Files are written next to each other in a folder inside it, and take the place of the earlier ones at the end.
A list says which files are ours, so that nothing else is ever deleted.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Self

from localdandi.document import StartError

MARK = ".localdandi-export.json"
_MARK_NEW = f"{MARK}.new"
_NEW = ".localdandi-export-new"


class ExportFolder:
    """A context: when its block ends well, the new files are in place; otherwise the earlier ones are."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._new = target / _NEW
        self._files: list[str] = []

    def __enter__(self) -> Self:
        self._refuse_foreign()
        self._target.mkdir(parents=True, exist_ok=True)
        self._mark(self._earlier())
        shutil.rmtree(self._new, ignore_errors=True)
        self._new.mkdir()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._take_place()
        shutil.rmtree(self._new, ignore_errors=True)

    def write(self, name: str, text: str) -> None:
        """A file of text, by its path with slashes."""
        self._place(name).write_text(text, encoding="utf-8", newline="\n")

    def copy(self, source: Path, name: str) -> None:
        shutil.copyfile(source, self._place(name))

    def _place(self, name: str) -> Path:
        file = self._new / name
        file.parent.mkdir(parents=True, exist_ok=True)
        self._files.append(name)
        return file

    def _earlier(self) -> list[str]:
        """The files of the earlier export, as it lists them."""
        try:
            found = json.loads((self._target / MARK).read_text(encoding="utf-8"))["files"]
        except (OSError, ValueError, KeyError, TypeError):
            return []
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

    def _refuse_foreign(self) -> None:
        target = self._target
        if target.exists() and not target.is_dir():
            raise StartError(f"{target} is not a folder", fix="name a new or an empty folder")
        ours = {MARK, _MARK_NEW, *self._earlier()}
        foreign = sorted(
            name
            for file in (target.rglob("*") if target.is_dir() else ())
            if (file.is_symlink() or not file.is_dir())
            and (name := file.relative_to(target).as_posix()) not in ours
            and not name.startswith(f"{_NEW}/")
        )
        if foreign:
            raise StartError(
                f"the folder holds other files: {', '.join(foreign[:3])}{' …' if foreign[3:] else ''}",
                where=str(target),
                fix="name a new or an empty folder, or one that an earlier export made",
            )

    def _mark(self, files: list[str]) -> None:
        temporary = self._target / _MARK_NEW
        temporary.write_text(json.dumps({"files": files}, indent=0), encoding="utf-8")
        temporary.replace(self._target / MARK)

    def _take_place(self) -> None:
        """Whoever is killed here leaves a folder that the next export accepts: the list has all files."""
        self._mark([*self._earlier(), *self._files])
        for entry in list(self._target.iterdir()):
            if entry.name not in (MARK, _NEW):
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
        for entry in list(self._new.iterdir()):
            entry.rename(self._target / entry.name)
        self._mark(self._files)
