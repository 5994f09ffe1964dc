"""Rules about what people read: title, description, keywords."""

from __future__ import annotations

import re

from dandifile.checklist.reading import count, text, texts
from dandifile.checklist.verdict import Finding, failed, passed, unknown
from dandifile.model import JsonObject

TITLE_WORDS = 4
DESCRIPTION_LENGTH = 150  # characters
LONG = 600  # so long that a method may be told in words that are not in the list
KEYWORDS = 3

PLACEHOLDER = re.compile(
    r"\b(test|untitled|todo|tbd|placeholder|new dandiset|my (data|dandi)set)\b", re.IGNORECASE
)
MODALITIES = re.compile(
    r"""
      electrophysiolog | recording | patch.?clamp | whole.?cell | voltage.(clamp|imaging|indicator)
    | neuropixels? | tetrode | silicon.probe | electrode | (extra|intra)cellular | (single|multi).?unit
    | spik(e|ing) | local.field | \bLFPs?\b | \bi?EEG\b | ECoG | \bMEG\b
    | imag(e|es|ing)\b | (two|2).?photon | calcium | GCaMP | miniscope | photometry | microscop
    | light.?sheet | histolog | \bf?MRI\b | diffusion | ultrasound | \bOCT\b | tomograph | \bPET\b
    | optogenetic | stimulation | behavio | tracking | pose.estimation | pupil | video
    | sequencing | transcriptom | connectom | tractograph
    """,
    re.VERBOSE | re.IGNORECASE,
)


def title(document: JsonObject) -> Finding:
    """It says what the data are, to one who does not know the lab."""
    name = text(document, "name")
    if not name:
        return failed("no title", "name: say what was recorded, where, in whom and when doing what")
    if PLACEHOLDER.search(name):
        return failed(f"“{name}” looks like a placeholder", "name: say what the data are")
    words = re.findall(r"\w+", name)
    if len(words) < TITLE_WORDS:
        return failed(
            count(len(words), "word"), "name: say what was recorded, where, in whom and when doing what"
        )
    return passed(count(len(words), "word"))


def description(document: JsonObject) -> Finding:
    """Long enough to tell what the study was about."""
    told = text(document, "description")
    if not told:
        return failed("none", "description: what was asked, what was done, what is in the files")
    if len(told) < DESCRIPTION_LENGTH:
        found = count(len(told), "character")
        return failed(
            found, f"description: at least {DESCRIPTION_LENGTH}: what was asked, done, and is in the files"
        )
    return passed(count(len(told), "character"))


def methods(document: JsonObject) -> Finding:
    """The description names how the data were acquired."""
    told = text(document, "description")
    named = list(dict.fromkeys(match.group().lower() for match in MODALITIES.finditer(told)))
    fix = "description: name modalities and methods, as in: extracellular recordings with Neuropixels"
    if named:
        return passed(", ".join(named[:KEYWORDS]))
    if len(told) >= LONG:
        return unknown("no method that is known here; read it yourself", fix)
    return failed("no method is named", fix)


def keywords(document: JsonObject) -> Finding:
    """Several, each its own."""
    found = texts(document, "keywords")
    if len(found) == 1 and len(parts := re.split(r"\s*[,;]\s*", found[0])) > 1:
        return failed("one text of several keywords", f"keywords: [{', '.join(parts)}]")
    distinct = {word.casefold() for word in found}
    if len(distinct) < KEYWORDS:
        fix = f"keywords: at least {KEYWORDS}, such as region, method, species and behaviour"
        return failed(count(len(distinct), "keyword"), fix)
    return passed(count(len(distinct), "keyword"))
