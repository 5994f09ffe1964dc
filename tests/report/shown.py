"""The texts of plans and results with the words of all kinds, as the commands show them."""

from __future__ import annotations

from functools import partial

from dandifile.kinds import wordings
from dandifile.report import plan_view, results_view, status_view

plan_text = partial(plan_view.plan_text, wordings=wordings())
results_text = partial(results_view.results_text, wordings=wordings())
status_text = partial(status_view.status_text, wordings=wordings())
