"""Merchants, agreements' terms, offers and sponsor pools of the demo.

Amounts of yuan are `Decimal` with two places; points are whole `Decimal`s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from ops.demo.data_files import read_json, read_text


@dataclass(frozen=True, slots=True)
class OfferHours:
    """When an offer stands: ISO weekdays (1 = Monday) and [opens, closes) in Asia/Shanghai."""

    days: tuple[int, ...]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class HolderLimit:
    """At most `times` redemptions `per` day or month, for one holder."""

    times: int
    per: str


@dataclass(frozen=True, slots=True)
class DemoOffer:
    """An offer; `points` are charged beside the alliance price in yuan.

    `kind` is one of amount_off, percent_off, free_item, free_service, service_slot,
    home_service, points_plus_cash. No hours means the shop's opening hours; `audience` names
    member kinds, tags or `senior`, empty means everybody. `after` is a place of `sources.json`.
    """

    code: str
    title: str
    kind: str
    ordinary_yuan: Decimal
    alliance_yuan: Decimal
    points: Decimal
    percent_off: int | None
    ceiling_yuan: Decimal | None
    monthly_stock: int | None
    daily_stock: int | None
    per_holder: tuple[HolderLimit, ...]
    hours: tuple[OfferHours, ...]
    audience: tuple[str, ...]
    note: str | None
    after: str


@dataclass(frozen=True, slots=True)
class MerchantPlace:
    """That a merchant serves a community, since when, and its cap in points a month."""

    community_code: str
    joined_on: date
    monthly_cap_points: Decimal


@dataclass(frozen=True, slots=True)
class CostSharing:
    """Who bears the cost, in percent that add up to 100; `pool_code` when a pool takes part."""

    merchant_percent: int
    pool_percent: int
    pool_code: str | None


@dataclass(frozen=True, slots=True)
class PartyPledge:
    """亮身份、亮职责、亮承诺; present only with the merchant's own consent."""

    identity: str
    duty: str
    promise: str


@dataclass(frozen=True, slots=True)
class DemoMerchant:
    """A merchant of the alliance; `trade` is the code, `trade_name` what people say."""

    code: str
    name: str
    trade: str
    trade_name: str
    owner: str
    clerk: str
    address: str
    telephone: str
    opening_hours: str
    places: tuple[MerchantPlace, ...]
    cost_sharing: CostSharing
    is_exemplary: bool
    party_pledge: PartyPledge | None
    offers: tuple[DemoOffer, ...]

    @property
    def opening_span(self) -> tuple[time, time]:
        """The opening hours as [opens, closes)."""
        opens, closes = self.opening_hours.split("–")
        return time.fromisoformat(opens.zfill(5)), time.fromisoformat(closes.zfill(5))

    def place_in(self, community_code: str) -> MerchantPlace | None:
        """Return the terms in that community, or None when the merchant does not serve it."""
        return next((p for p in self.places if p.community_code == community_code), None)


@dataclass(frozen=True, slots=True)
class DemoPool:
    """A sponsor pool; `pledged_points` for the term of the agreements."""

    code: str
    name: str
    donor: str
    pledged_points: Decimal
    pledged: str


@dataclass(frozen=True, slots=True)
class DemoAlliance:
    """Everything `merchants.json` says; agreements run [term_from, term_until)."""

    term_from: date
    term_until: date
    pools: tuple[DemoPool, ...]
    merchants: tuple[DemoMerchant, ...]

    def serving(self, community_code: str) -> tuple[DemoMerchant, ...]:
        """Return the merchants that serve the community, in the order of the file."""
        return tuple(m for m in self.merchants if m.place_in(community_code) is not None)


def _yuan(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _offer(row: Mapping[str, Any]) -> DemoOffer:
    plain = {key: row[key] for key in ("code", "title", "kind", "percent_off", "note", "after")}
    return DemoOffer(
        **plain,
        ordinary_yuan=Decimal(row["ordinary_yuan"]),
        alliance_yuan=Decimal(row["alliance_yuan"]),
        points=Decimal(row["points"]),
        ceiling_yuan=_yuan(row["ceiling_yuan"]),
        monthly_stock=row["monthly_stock"],
        daily_stock=row["daily_stock"],
        per_holder=tuple(HolderLimit(**limit) for limit in row["per_holder"]),
        hours=tuple(
            OfferHours(
                days=tuple(hours["days"]),
                opens=time.fromisoformat(hours["from"]),
                closes=time.fromisoformat(hours["to"]),
            )
            for hours in row["hours"]
        ),
        audience=tuple(row["audience"]),
    )


def _merchant(row: Mapping[str, Any]) -> DemoMerchant:
    plain_keys = ("code", "name", "trade", "trade_name", "owner", "clerk", "address")
    plain = {key: row[key] for key in (*plain_keys, "telephone", "opening_hours")}
    bears = row["bears_cost"]
    pledge = row["party_member_pledge"]
    return DemoMerchant(
        **plain,
        places=tuple(
            MerchantPlace(
                community_code=place["code"],
                joined_on=date.fromisoformat(place["joined_on"]),
                monthly_cap_points=Decimal(place["monthly_cap_points"]),
            )
            for place in row["communities"]
        ),
        cost_sharing=CostSharing(bears["merchant_percent"], bears["pool_percent"], bears["pool"]),
        is_exemplary=row["exemplary"],
        party_pledge=PartyPledge(**pledge) if pledge else None,
        offers=tuple(_offer(offer) for offer in row["offers"]),
    )


def load_alliance() -> DemoAlliance:
    """Return the merchants and pools of `merchants.json`."""
    document = read_json("merchants.json")
    pools = (
        DemoPool(**{**row, "pledged_points": Decimal(row["pledged_points"])})
        for row in document["pools"]
    )
    return DemoAlliance(
        term_from=date.fromisoformat(document["agreement_term"]["from"]),
        term_until=date.fromisoformat(document["agreement_term"]["until"]),
        pools=tuple(pools),
        merchants=tuple(_merchant(row) for row in document["merchants"]),
    )


def agreement_text(fields: Mapping[str, str]) -> str:
    """Return the agreement of `agreement_text.md` with every placeholder filled.

    KeyError names a placeholder for which `fields` has nothing, so no agreement is signed with a
    hole in it.
    """
    return read_text("agreement_text.md").format_map(fields)


def offer_line(offer: DemoOffer) -> str:
    """Return the offer as one line of the agreement's second clause."""
    price = f"平时 {offer.ordinary_yuan.normalize():f} 元"
    cash = f"付 {offer.alliance_yuan.normalize():f} 元" if offer.alliance_yuan else "不另付钱"
    words = {"day": "每人每天", "month": "每人每月"}
    limits = "、".join(f"{words[limit.per]} {limit.times} 次" for limit in offer.per_holder)
    return f"- {offer.title}：{price}，联盟价 {offer.points:f} 积分，{cash}；{limits}"
