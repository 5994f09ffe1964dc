"""The texts of plans and results with the words of all kinds, as the commands show them."""

from __future__ import annotations

from functools import partial

from dandifile.kinds import wordings
from dandifile.report import results, status, text

plan_text = partial(text.plan_text, wordings=wordings())
results_text = partial(results.results_text, wordings=wordings())
status_text = partial(status.status_text, wordings=wordings())
