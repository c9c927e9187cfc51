"""Outliers 异常提示 among recordings and approvals: what somebody should look at, never a verdict.

Each rule is one line of :data:`RULES` with its thresholds; the functions below only count. What
members claim for themselves says only how fast others agreed to it (a claim is always by and for
oneself), and facts recorded at the same instant are one act (a settled activity, a batch).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from points.rules.outlier import Outlier, Party, in_order, is_at_night, share
from points.rules.outlier_rules import RULES

#: Who records for an own account.
_CLAIMANTS = frozenset({"member", "merchant_owner"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """``after`` is the time between recording and agreeing."""

    approver: uuid.UUID
    after: dt.timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """One recording; ``recorded_at`` in the time of Asia/Shanghai, for a claim when it was sent.

    ``recorder`` and approvers are accounts. ``receiver`` is whose account got it (a member, a
    household, a merchant), ``household`` the household of that day. ``is_back_dated``: it happened
    in an earlier accounting month than the one that took it in.
    """

    recorder: uuid.UUID
    role: str
    recorded_at: dt.datetime
    occurred_on: dt.date
    receiver: uuid.UUID
    household: uuid.UUID | None
    is_bonus: bool
    is_back_dated: bool
    is_struck: bool
    approvals: Sequence[Approval] = ()

    @property
    def is_own_claim(self) -> bool:
        return self.role in _CLAIMANTS

    @property
    def days_late(self) -> int:
        return (self.recorded_at.date() - self.occurred_on).days

    @property
    def is_at_night(self) -> bool:
        return is_at_night(self.recorded_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """Who an account is as a resident: its member and household, where it is one."""

    member: uuid.UUID
    household: uuid.UUID | None


class PartyKind(StrEnum):
    """Who records and approves, and who got the points."""

    ACCOUNT = "account"
    RECEIVER = "receiver"
    HOUSEHOLD = "household"


def outliers(deeds: Iterable[Deed], own: Mapping[uuid.UUID, Own]) -> list[Outlier]:
    """Everything the rules find, in the order of the table, the largest count first.

    ``own`` says of accounts who they are as residents.
    """
    every = list(deeds)
    recorded = [deed for deed in every if not deed.is_own_claim]
    by_recorder: dict[uuid.UUID, list[Deed]] = defaultdict(list)
    for deed in recorded:
        by_recorder[deed.recorder].append(deed)
    found = (
        *_who(by_recorder, len(recorded)),
        *_how(by_recorder),
        *_to_whom(by_recorder),
        *_each_other(by_recorder, own),
        *_approvals(every),
    )
    return in_order(found, RULES)


def gaps(deeds: Iterable[Deed]) -> list[dt.timedelta]:
    """The times between one recorder's recordings, each instant counted once."""
    instants = sorted({deed.recorded_at for deed in deeds})
    return [later - earlier for earlier, later in pairwise(instants)]


_ByRecorder = Mapping[uuid.UUID, Sequence[Deed]]


def _who(by_recorder: _ByRecorder, total: int) -> Iterator[Outlier]:
    few = RULES["few_people"]
    for who, deeds in by_recorder.items():
        if len(by_recorder) > 1:
            yield from _share("records_most", who, count=len(deeds), of=total)
        people = len({deed.receiver for deed in deeds})
        if len(deeds) >= few.least and people <= few.bound:
            yield Outlier(rule=few, who=_account(who), count=people, of=len(deeds))


def _how(by_recorder: _ByRecorder) -> Iterator[Outlier]:
    """How fast, how late, at which hours, how often wrong."""
    fast, late = RULES["fast_recording"], RULES["late_recording"]
    for who, deeds in by_recorder.items():
        times = gaps(deeds)
        quick = sum(time < dt.timedelta(seconds=fast.bound) for time in times)
        yield from _share(fast.code, who, count=quick, of=len(times))
        for code, count in (
            (late.code, sum(deed.days_late > late.bound for deed in deeds)),
            ("back_dated", sum(deed.is_back_dated for deed in deeds)),
            ("at_night", sum(deed.is_at_night for deed in deeds)),
            ("often_struck", sum(deed.is_struck for deed in deeds)),
        ):
            yield from _share(code, who, count=count, of=len(deeds))


def _to_whom(by_recorder: _ByRecorder) -> Iterator[Outlier]:
    """Bonuses only: charging somebody often is no favor."""
    for who, deeds in by_recorder.items():
        bonuses = [deed for deed in deeds if deed.is_bonus]
        households = Counter(deed.household for deed in bonuses if deed.household)
        for household, count in households.items():
            other = Party(household, PartyKind.HOUSEHOLD)
            yield from _share("one_household", who, count=count, of=len(bonuses), other=other)
        for receiver, count in Counter(deed.receiver for deed in bonuses).items():
            other = Party(receiver, PartyKind.RECEIVER)
            yield from _share("one_receiver", who, count=count, of=len(bonuses), other=other)


def _each_other(by_recorder: _ByRecorder, own: Mapping[uuid.UUID, Own]) -> Iterator[Outlier]:
    """Two recorders who record bonuses for each other or each other's households."""
    rule = RULES["each_other"]
    belongs: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for account, person in own.items():
        for place in (person.member, person.household):
            if place is not None:
                belongs[place].add(account)
    given: Counter[tuple[uuid.UUID, uuid.UUID]] = Counter()
    for who, deeds in by_recorder.items():
        for deed in deeds:
            touched = belongs.get(deed.receiver, set())
            if deed.household is not None:
                touched = touched | belongs.get(deed.household, set())
            given.update((who, other) for other in touched if deed.is_bonus and other != who)
    for (who, other), count in given.items():
        back = given.get((other, who), 0)
        if str(who) < str(other) and min(count, back) >= rule.least:
            yield Outlier(
                rule=rule, who=_account(who), count=count, of=count + back, other=_account(other)
            )


def _approvals(deeds: Sequence[Deed]) -> Iterator[Outlier]:
    """Who agrees too fast to have looked, and whose recordings only one person agrees to."""
    fast = RULES["fast_approval"]
    by_approver: dict[uuid.UUID, list[dt.timedelta]] = defaultdict(list)
    by_recorder: dict[uuid.UUID, Counter[uuid.UUID]] = defaultdict(Counter)
    for deed in deeds:
        for approval in deed.approvals:
            by_approver[approval.approver].append(approval.after)
            by_recorder[deed.recorder][approval.approver] += not deed.is_own_claim
    for approver, times in by_approver.items():
        quick = sum(time < dt.timedelta(seconds=fast.bound) for time in times)
        yield from _share(fast.code, approver, count=quick, of=len(times))
    if len(by_approver) == 1:
        return
    for recorder, approvers in by_recorder.items():
        for approver, count in approvers.items():
            other = _account(approver)
            yield from _share(
                "one_approver", recorder, count=count, of=approvers.total(), other=other
            )


def _share(
    code: str, who: uuid.UUID, *, count: int, of: int, other: Party | None = None
) -> Iterator[Outlier]:
    return share(RULES[code], _account(who), other, count=count, of=of)


def _account(who: uuid.UUID) -> Party:
    return Party(who, PartyKind.ACCOUNT)
