"""Tables that must name every word of a closed list."""

from __future__ import annotations

from points import door_errors, fact_acts, months
from points.models import ALLOWED_TRANSFERS, AccountKind, FactActKind, MonthState, TransferKind
from points.rules.door import DoorRefusal


def test_every_transfer_kind_joins_accounts_with_a_holder() -> None:
    assert set(ALLOWED_TRANSFERS) == set(TransferKind)
    both = {kind for kind, pair in ALLOWED_TRANSFERS.items() if set(pair) == {AccountKind.HOLDER}}
    # What a leaver hands on stays among holders; everything else has one on one side.
    assert both == {TransferKind.HANDED_ON}
    for kind, pair in ALLOWED_TRANSFERS.items():
        assert pair.count(AccountKind.HOLDER) == (2 if kind in both else 1)


def test_every_refusal_of_the_door_is_an_error_of_the_same_code() -> None:
    assert set(door_errors.ERRORS) == set(DoorRefusal)
    for refusal, (error, _) in door_errors.ERRORS.items():
        assert error.code == refusal


def test_every_month_state_has_its_steps_and_sealed_is_the_end() -> None:
    assert set(months.LEGAL_STEPS) == set(MonthState)
    assert months.LEGAL_STEPS[MonthState.SEALED] == frozenset()


def test_every_act_but_recording_has_the_cause_of_its_entries() -> None:
    assert set(fact_acts.CAUSES) == set(FactActKind) - {FactActKind.RECORDED}
