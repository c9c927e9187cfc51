"""What the pages of the district, the alliance and the rulebook show."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from web.board.ranking_views import SheetLink
from web.board.views import Community, MerchantTeaser, Pages


@dataclass(frozen=True, kw_only=True)
class CommunityCard:
    """One community on the front page, with the months that matter now."""

    code: str
    name: str
    on_notice_month: str | None
    due_on: dt.date | None
    sealed_month: str | None
    open_month: str | None


@dataclass(frozen=True, kw_only=True)
class StreetCard:
    name: str
    communities: tuple[CommunityCard, ...]


@dataclass(frozen=True, kw_only=True)
class DistrictPage:
    """``search`` is what was typed; ``streets`` are already filtered by it."""

    name: str
    brand: str
    slogan: str
    streets: tuple[StreetCard, ...]
    search: str
    community_count: int


@dataclass(frozen=True, kw_only=True)
class MerchantsPage:
    community: Community
    merchants: tuple[MerchantTeaser, ...]
    search: str
    pages: Pages
    #: Since when nobody can redeem in this community; None while everybody can.
    stopped_since: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OfferView:
    """An offer; ``limit_times`` per holder and ``limit_period`` (day, week, month; None: ever)."""

    title: str
    points: Decimal
    ordinary_price_cents: int | None
    alliance_price_cents: int | None
    hours: str
    limit_times: int | None
    limit_period: str | None
    is_open_now: bool = True


@dataclass(frozen=True, kw_only=True)
class MerchantPage:
    """A shop of the alliance; also behind its standing QR code."""

    community: Community
    code: str
    name: str
    trade: str
    address: str
    telephone: str
    opening_hours: str
    offers: tuple[OfferView, ...]
    stopped_since: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One item said as a sentence."""

    code: str
    name: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class ClauseGroup:
    """Clauses of one kind and category; ``kind`` is base, bonus, deduction or record."""

    kind: str
    title: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, kw_only=True)
class BaseView:
    """Base points and the duties they stand for."""

    name: str
    sentence: str
    duties: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotCarriedOver:
    """A clause of the source that was left out, and why."""

    clause: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ConsultationLink:
    """A text that is, or was, laid open for comments; ``standing`` is coming, open or closed."""

    id: uuid.UUID
    title: str
    version: int
    starts_on: dt.date
    last_on: dt.date
    standing: str
    comment_count: int
    answered_count: int


@dataclass(frozen=True, kw_only=True)
class CommentView:
    """A comment without its author, and the community's answer; a text may have been erased."""

    number: int
    item: str | None
    text: str | None
    outcome: str
    answer: str | None
    answered_on: dt.date


@dataclass(frozen=True, kw_only=True)
class ConsultationPage:
    """A text under consultation, how to comment on it, and what was said and answered.

    ``search`` looks in the clauses and in the comments; ``groups`` and ``comments`` are filtered.
    """

    community: Community
    link: ConsultationLink
    base: tuple[BaseView, ...]
    header: tuple[str, ...]
    groups: tuple[ClauseGroup, ...]
    item_count: int
    comments: tuple[CommentView, ...]
    pages: Pages
    search: str


@dataclass(frozen=True, kw_only=True)
class RulebookPage:
    community: Community
    title: str
    version: int
    effective_from: dt.date
    adopted_on: dt.date | None
    adopted_at: str | None
    source: str | None
    base: tuple[BaseView, ...]
    groups: tuple[ClauseGroup, ...]
    not_carried_over: tuple[NotCarriedOver, ...]
    item_count: int
    search: str
    #: How the score is read, what can be spent, limits, tiers, rankings: one sentence each.
    header: tuple[str, ...] = ()
    consultations: tuple[ConsultationLink, ...] = ()
    #: Empty where there is one.
    books: tuple[SheetLink, ...] = ()

    @property
    def rulebook(self) -> str | None:
        """What addresses say to stay with this rulebook."""
        return next((book.code for book in self.books if book.is_chosen), None)
