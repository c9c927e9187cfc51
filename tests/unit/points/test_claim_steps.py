"""The table of a claim's legal steps: every state with every act, one row each."""

from __future__ import annotations

import itertools

import pytest

from points.claims import steps
from points.claims.errors import IllegalClaimStep
from points.models import ClaimActKind, ClaimState

S, A = ClaimState, ClaimActKind
#: Written out a second time, by hand: what the table of steps must say.
LEGAL = {
    (S.SUBMITTED, A.CHECKED): S.CHECKED,
    (S.SUBMITTED, A.DECLINED): S.DECLINED,
    (S.SUBMITTED, A.WITHDRAWN): S.WITHDRAWN,
    (S.CHECKED, A.APPROVED): S.CHECKED,
    (S.CHECKED, A.ACCEPTED): S.ACCEPTED,
    (S.CHECKED, A.DECLINED): S.DECLINED,
    (S.CHECKED, A.WITHDRAWN): S.WITHDRAWN,
}


@pytest.mark.parametrize(("state", "act"), list(itertools.product(S, A)))
def test_every_pair_is_legal_or_refused(state: ClaimState, act: ClaimActKind) -> None:
    if (state, act) in LEGAL:
        assert steps.state_after(state, act) is LEGAL[state, act]
        return
    with pytest.raises(IllegalClaimStep) as refused:
        steps.state_after(state, act)
    assert steps.STATE_WORDS[state] in refused.value.sentence("zh")
    assert state in refused.value.sentence("en")


def test_nothing_leaves_a_decision_and_only_the_undecided_go_on() -> None:
    leaving = {state for state, _ in steps.LEGAL_STEPS}
    assert leaving == set(steps.UNDECIDED)
    assert set(S) - leaving == {S.ACCEPTED, S.DECLINED, S.WITHDRAWN}


def test_every_state_has_its_words() -> None:
    assert set(steps.STATE_WORDS) == set(S)
    assert len(set(steps.STATE_WORDS.values())) == len(S)
