"""Lots of points: which points are left, whose they were, and when they die.

Replayed from what happened to one account, in order; nothing here is stored. Earliest expiry is
spent first. A bonus taken back takes first what is left of its own lot, then other lots
(rulebook-format.md section 5, Balance). Amounts are positive.

What a shop gives back was never spent: acts in between are replayed as if those points had been
there, each as long as it lived. So nothing lives longer by going through a shop, and nothing is
lost before its day, however late a redemption is reversed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kernel.points_value import ZERO
from points.rules.lot_events import Credit, Event, Expire, Return, Revoke, SealedSheet, Spend

#: Stands for what brought points that came back and that nothing is known to have taken.
_UNKNOWN = uuid.UUID(int=0)

__all__ = [
    "Credit",
    "Event",
    "Expire",
    "Lot",
    "Lots",
    "Return",
    "Revoke",
    "SealedSheet",
    "Spend",
    "replay",
]


@dataclass
class Lot:
    """One arrival of points, and what is left of it.

    ``away``: of what is left, what was out with a spend that came back later; nothing at the end.
    """

    lot: uuid.UUID
    line: uuid.UUID | None
    dated_on: dt.date
    expires_on: dt.date | None
    left: Decimal
    expired: Decimal = ZERO
    away: Decimal = ZERO

    @property
    def turn(self) -> tuple[dt.date, dt.date]:
        """Smaller is spent first; lots alike in both go in the order they came."""
        return self.expires_on or dt.date.max, self.dated_on

    def lives(self, on: dt.date | None) -> bool:
        """Whether its points could still be spent on a day."""
        return on is None or self.expires_on is None or on < self.expires_on


@dataclass
class Lots:
    """All lots of an account. ``short``: what went although no lot had it (0 when all is well)."""

    lots: list[Lot] = field(default_factory=list)
    short: Decimal = ZERO
    #: what spent → how much of it comes back later
    returning: Mapping[uuid.UUID, Decimal] = field(default_factory=dict)
    #: what gave back → lot → what was really there then; the last one is not known yet
    after: Mapping[uuid.UUID, Mapping[uuid.UUID, Decimal]] = field(default_factory=dict)
    #: what spent → how much of it is out now and comes back
    _out: dict[uuid.UUID, Decimal] = field(default_factory=dict)
    #: line → what of its expired points a taking back has left out
    _left_out: dict[uuid.UUID, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """What the account's balance must be."""
        return sum((lot.left - lot.away for lot in self.lots), ZERO) - self.short

    def in_turn(self) -> list[Lot]:
        """Lots with something left, in the order they are spent."""
        return sorted((lot for lot in self.lots if lot.left), key=lambda lot: lot.turn)

    def due(self, on: dt.date) -> list[Lot]:
        """Lots that are dead on ``on`` and have something left, in the order they are spent."""
        return [lot for lot in self.in_turn() if lot.expires_on and lot.expires_on <= on]

    def expiring(self, on: dt.date, held: Decimal) -> list[tuple[Lot, Decimal]]:
        """What dies on ``on``: all that is due but what is ``held``, which would be spent first."""
        found, covered = [], held
        for lot in self.due(on):
            kept = min(lot.left, covered)
            covered -= kept
            if lot.left > kept:
                found.append((lot, lot.left - kept))
        return found

    def next_expiry(self) -> dt.date | None:
        """The day on which the first points that are left die."""
        return min(
            (lot.expires_on for lot in self.lots if lot.left and lot.expires_on), default=None
        )

    def left_out(self, line: uuid.UUID, points: Decimal) -> Decimal:
        """Of ``points`` (signed) more or less for a line: what its expired part leaves out.

        A taking back (negative) takes first what is left of the line's own lots, and never again
        what has expired of them; what was left out so stays expired when the line is given again.
        """
        own = [lot for lot in self.lots if lot.line == line]
        left_out = self._left_out.get(line, ZERO)
        if points > 0:
            return -min(points, left_out)
        expired = sum((lot.expired for lot in own), ZERO) - left_out
        beyond = -points - sum((lot.left for lot in own), ZERO)
        return max(min(beyond, expired), ZERO)

    def apply(self, event: Event) -> None:
        """Take one more event into account."""
        if isinstance(event, Credit):
            self._credit(event)
        elif isinstance(event, Spend):
            self._spend(event)
        elif isinstance(event, Revoke):
            self._revoke(event)
        elif isinstance(event, SealedSheet):
            self._sealed(event)
        elif isinstance(event, Return):
            self._return(event)
        else:
            self._expire(event)

    def _credit(self, event: Credit) -> None:
        self._leave_out(event.line, event.left_out)
        filled = min(self.short, event.points)
        self.short -= filled
        self.lots.append(
            Lot(event.lot, event.line, event.dated_on, event.expires_on, event.points - filled)
        )

    def _spend(self, event: Spend) -> None:
        out = ZERO
        if event.key is not None:
            out = min(event.points, self.returning.get(event.key, ZERO))
            self._out[event.key] = out
        self._take(self.in_turn(), event.points - out, event.on)
        for lot in self.in_turn():
            part = min(lot.left - lot.away, out)
            lot.away += part
            out -= part

    def _revoke(self, event: Revoke) -> None:
        self._leave_out(event.line, event.left_out)
        own = [lot for lot in self.in_turn() if lot.line == event.line]
        others = [lot for lot in self.in_turn() if lot.line != event.line]
        # Of its own, what was out is taken although it be dead: it is not the holder's any more,
        # and what others gave in its stead is.
        self._take(own + others, event.points, event.on, always=len(own))

    def _sealed(self, event: SealedSheet) -> None:
        came = ZERO
        for credit in event.credits:
            left_out = self.left_out(credit.line, credit.points) if credit.line else ZERO
            points = credit.points + left_out
            self._credit(replace(credit, points=points, left_out=left_out))
            came += points
        gone = came - event.moved
        for each in event.revoked:
            left_out = self.left_out(each.line, -each.points)
            part = max(min(each.points - left_out, gone), ZERO)
            self._revoke(Revoke(line=each.line, points=part, left_out=left_out, on=event.on))
            gone -= part
        if gone > 0:
            self._take(self.in_turn(), gone, event.on)
        elif gone < 0:
            self._fill(-gone)

    def _expire(self, event: Expire) -> None:
        own = [lot for lot in self.in_turn() if lot.lot == event.lot]
        others = [lot for lot in self.in_turn() if lot.lot != event.lot]
        for lot, points in self._take(own + others, event.points, event.on):
            lot.expired += points

    def _leave_out(self, line: uuid.UUID | None, points: Decimal) -> None:
        if line is not None and points:
            self._left_out[line] = self._left_out.get(line, ZERO) + points

    def _take(
        self, lots: Sequence[Lot], points: Decimal, on: dt.date | None, *, always: int = 0
    ) -> list[tuple[Lot, Decimal]]:
        """Take ``points`` as if nothing had been out; returns what was taken from which lot.

        What was out and dead on the day is left alone, but of the first ``always`` lots. Beside
        that it is followed what really went, so that it is known which points are out.
        """
        taken, really = [], points
        for number, lot in enumerate(lots):
            if not points and not really:
                break
            here = lot.left - lot.away
            part = min(lot.left if number < always or lot.lives(on) else here, points)
            went = min(here, really)
            lot.left -= part
            lot.away += went - part
            points -= part
            really -= went
            if part:
                taken.append((lot, part))
        # Two acts may stand in the ledger in another order than they had: the next lot fills it.
        self.short += points
        return taken

    def _return(self, event: Return) -> None:
        back = min(event.points, self._out.pop(event.key, ZERO))
        if event.points > back:
            self._fill(event.points - back)
        # Who is still out then has taken what was there without this one.
        here = self.after.get(event.key, {})
        for lot in self.lots:
            lot.away = max(lot.left - here.get(lot.lot, lot.left), ZERO)

    def _fill(self, points: Decimal) -> None:
        """Points came back that no lot is known to have given."""
        filled = min(self.short, points)
        self.short -= filled
        if points > filled:
            self.lots.append(Lot(_UNKNOWN, None, dt.date.min, None, points - filled))


def replay(events: Iterable[Event]) -> Lots:
    """The lots after all events, which come in the order they happened.

    Of several that were out at once, each return is replayed by itself: what was left to the
    others at that moment is what later acts really found.
    """
    happened = _without_undone(events)
    returning: dict[uuid.UUID, Decimal] = {}
    after: dict[uuid.UUID, Mapping[uuid.UUID, Decimal]] = {}
    for number, event in enumerate(happened, start=1):
        if isinstance(event, Return):
            returning[event.key] = event.points
            lots = _run(happened[:number], returning, after)
            after[event.key] = {lot.lot: lot.left for lot in lots.lots if lot.lot != _UNKNOWN}
    return _run(happened, returning, after)


def _run(
    events: Iterable[Event],
    returning: Mapping[uuid.UUID, Decimal],
    after: Mapping[uuid.UUID, Mapping[uuid.UUID, Decimal]],
) -> Lots:
    lots = Lots(returning=returning, after=after)
    for event in events:
        lots.apply(event)
    return lots


def _without_undone(events: Iterable[Event]) -> list[Event]:
    """Without what was given back before anything else was taken: most cancellations."""
    kept: list[Event] = []
    for event in events:
        at = len(kept) - 1
        while at >= 0 and isinstance(kept[at], Credit):
            at -= 1
        last = kept[at] if at >= 0 else None
        if (
            isinstance(event, Return)
            and isinstance(last, Spend)
            and (last.key, last.points) == (event.key, event.points)
        ):
            del kept[at]
        else:
            kept.append(event)
    return kept
