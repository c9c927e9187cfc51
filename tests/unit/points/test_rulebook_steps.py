"""Every state × every act: the legal steps are listed, everything else is refused."""

from __future__ import annotations

from itertools import product

import pytest

from points.models import RulebookActKind as Kind
from points.models import RulebookState as State
from points.rulebook_life import steps
from points.rulebook_life.errors import IllegalRulebookStep, NotEditable

LEGAL = {
    ("", "drafted"): "draft",
    ("draft", "edited"): "draft",
    ("draft", "consultation_opened"): "consultation",
    ("draft", "adopted"): "adopted",
    ("draft", "withdrawn"): "withdrawn",
    ("consultation", "revised"): "draft",
    ("consultation", "adopted"): "adopted",
    ("consultation", "withdrawn"): "withdrawn",
    ("adopted", "superseded"): "superseded",
}


@pytest.mark.parametrize(("state", "kind"), list(product([None, *State], Kind)))
def test_a_step_is_legal_or_refused_in_words(state: State | None, kind: Kind) -> None:
    expected = LEGAL.get((state or "", kind))
    if expected is not None:
        assert steps.after(state, kind) == expected
        return
    with pytest.raises((IllegalRulebookStep, NotEditable)) as refused:
        steps.after(state, kind)
    assert "{" not in refused.value.sentence("zh") + refused.value.sentence("en")


def test_what_ended_goes_nowhere() -> None:
    ended = {State.SUPERSEDED, State.WITHDRAWN}
    assert not ended & {before for before, _ in steps.LEGAL_STEPS if before}
    assert set(steps.STATE_WORDS) == set(State)
