from __future__ import annotations

import pytest

from dandifile.lookup.answer_fields import one_line, plain_text, text_of_index


@pytest.mark.parametrize(
    ("marked_up", "text"),
    [
        ("<jats:p>One.</jats:p>", "One."),
        ("<jats:title>Abstract</jats:title><jats:p>One.</jats:p>", "One."),
        ("<jats:title>Abstract</jats:title>\n   <jats:p>One\n   two.</jats:p>\n   ", "One two."),
        ("<jats:p>One.</jats:p><jats:p>Two.</jats:p>", "One.\n\nTwo."),
        (
            "<jats:title>Methods</jats:title><jats:p>Mice.</jats:p><jats:title>End:</jats:title><jats:p>Few.</jats:p>",
            "Methods: Mice.\n\nEnd: Few.",
        ),
        ("<p>H<sub>2</sub>O and <i>in vivo</i></p>", "H2O and in vivo"),
        ("p &lt; 0.05 &amp; more", "p < 0.05 & more"),
        ("a < b and c > d", "a < b and c > d"),
        ("&lt;jats:p&gt;One &amp;amp; two.&lt;/jats:p&gt;", "One & two."),
        ('<p>A <xref ref-type="bibr" rid="r1">1</xref>.</p>', "A 1."),
        ("<mml:math><mml:mi>x</mml:mi></mml:math><tex-math>\\begin{document}x</tex-math>", "x"),
        ("", ""),
        ("Plain already.\n\nIn two paragraphs.", "Plain already.\n\nIn two paragraphs."),
    ],
)
def test_markup_becomes_paragraphs(marked_up: str, text: str) -> None:
    assert plain_text(marked_up) == text


def test_a_title_is_one_line() -> None:
    assert one_line("<b>Place</b>\n cells &amp; <i>more</i>") == "Place cells & more"


def test_an_inverted_index_is_turned_back() -> None:
    assert (
        text_of_index({"cells": [1, 4], "Place": [0], "and": [2], "grid": [3]})
        == "Place cells and grid cells"
    )
    assert text_of_index({}) == ""
