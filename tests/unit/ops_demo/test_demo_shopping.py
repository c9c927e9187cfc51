"""Redemptions of the demo keep to offers, agreements and what holders can spend."""

import random
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from ops.demo.alliance import DemoAlliance, DemoMerchant, DemoOffer
from ops.demo.people import DemoPopulation
from ops.demo.shopping import DemoRedemption, base_points_only, month_redemptions
from tests.unit.ops_demo.conftest import TODAY


def drawn(
    population: DemoPopulation,
    alliance: DemoAlliance,
    *,
    seed: int = 3,
    month: str = "2026-10",
    until: date = TODAY,
    points: Decimal = Decimal(25),
) -> tuple[DemoRedemption, ...]:
    return month_redemptions(
        population=population,
        merchants=alliance.serving(population.community_code),
        month=month,
        until=until,
        spendable=base_points_only(population, points),
        rng=random.Random(seed),
    )


@pytest.fixture(scope="module")
def redemptions(
    populations: dict[str, DemoPopulation], alliance: DemoAlliance
) -> dict[str, tuple[DemoRedemption, ...]]:
    return {code: drawn(population, alliance) for code, population in populations.items()}


@pytest.fixture(scope="module")
def offers(alliance: DemoAlliance) -> dict[tuple[str, str], tuple[DemoMerchant, DemoOffer]]:
    return {(m.code, offer.code): (m, offer) for m in alliance.merchants for offer in m.offers}


Drawn = dict[str, tuple[DemoRedemption, ...]]
Offers = dict[tuple[str, str], tuple[DemoMerchant, DemoOffer]]


def test_a_full_month_has_sixty_to_ninety(redemptions: Drawn) -> None:
    for of_community in redemptions.values():
        assert 60 <= len(of_community) <= 90
        assert [r.index for r in of_community] == list(range(len(of_community)))
        assert list(of_community) == sorted(of_community, key=lambda r: (r.on, r.at))
        assert {r.way for r in of_community} == {"code", "shop_qr", "card"}
        assert all(r.points <= 10 for r in of_community if r.way == "card")


def test_who_has_no_phone_pays_by_card_and_nobody_else(
    redemptions: Drawn, populations: dict[str, DemoPopulation]
) -> None:
    for code, of_community in redemptions.items():
        people = populations[code].people
        by_card = {people[r.member_index].has_phone for r in of_community if r.way == "card"}
        otherwise = {people[r.member_index].has_phone for r in of_community if r.way != "card"}
        assert (by_card, otherwise) == ({False}, {True})


def test_audience_hours_and_community_fit(
    redemptions: Drawn, offers: Offers, populations: dict[str, DemoPopulation]
) -> None:
    for code, of_community in redemptions.items():
        for redemption in of_community:
            merchant, offer = offers[(redemption.merchant_code, redemption.offer_code)]
            person = populations[code].people[redemption.member_index]
            assert merchant.place_in(code) is not None
            assert redemption.points == offer.points
            assert not offer.audience or person.audience_words & set(offer.audience)
            spans = [
                (h.opens, h.closes) for h in offer.hours if redemption.on.isoweekday() in h.days
            ] or [merchant.opening_span]
            assert any(opens <= redemption.at < closes for opens, closes in spans)
            if offer.hours:
                assert any(redemption.on.isoweekday() in h.days for h in offer.hours)


def test_limits_stock_caps_and_balances_hold(redemptions: Drawn, offers: Offers) -> None:
    for code, of_community in redemptions.items():
        spent: Counter[int] = Counter()
        received: Counter[str] = Counter()
        taken: Counter[tuple[object, ...]] = Counter()
        for r in of_community:
            spent[r.member_index] += int(r.points)
            received[r.merchant_code] += int(r.points)
            name = (r.merchant_code, r.offer_code)
            taken.update([("month", *name), ("day", *name, r.on)])
            taken.update([("holder month", *name, r.member_index)])
            taken.update([("holder day", *name, r.member_index, r.on)])
        assert max(spent.values()) <= 25
        for (kind, merchant_code, offer_code, *_), times in taken.items():
            merchant, offer = offers[(str(merchant_code), str(offer_code))]
            holder = {f"holder {limit.per}": limit.times for limit in offer.per_holder}
            stock = {"month": offer.monthly_stock, "day": offer.daily_stock}
            most = {**holder, **stock}.get(str(kind))
            assert most is None or times <= most
            place = merchant.place_in(code)
            assert place is not None
            assert received[merchant.code] <= place.monthly_cap_points


def test_same_seed_same_visits(
    populations: dict[str, DemoPopulation], alliance: DemoAlliance
) -> None:
    population = populations["yjyx"]
    assert drawn(population, alliance) == drawn(population, alliance)
    assert drawn(population, alliance) != drawn(population, alliance, seed=4)


def test_a_month_under_way_ends_with_the_reference_date(
    populations: dict[str, DemoPopulation], alliance: DemoAlliance
) -> None:
    population = populations["jianbei"]
    under_way = drawn(population, alliance, month="2026-11")
    assert 30 <= len(under_way) <= 70
    assert max(r.on for r in under_way) <= TODAY
    assert drawn(population, alliance, month="2026-12") == ()


def test_nobody_shops_without_points(
    populations: dict[str, DemoPopulation], alliance: DemoAlliance
) -> None:
    assert drawn(populations["yjyx"], alliance, points=Decimal(0)) == ()
    poor = drawn(populations["yjyx"], alliance, points=Decimal(5))
    assert poor
    assert max(r.points for r in poor) <= 5
