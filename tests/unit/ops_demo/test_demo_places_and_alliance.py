"""The data files say what the brief of the demo promises."""

import re
import string
from decimal import Decimal

import pytest

from ops.demo.alliance import DemoAlliance, agreement_text, offer_line
from ops.demo.data_files import read_json, read_text
from ops.demo.places import DemoPlaces

OFFER_KINDS = {
    "amount_off",
    "percent_off",
    "free_item",
    "free_service",
    "service_slot",
    "home_service",
    "points_plus_cash",
}


class TestPlaces:
    def test_the_four_communities_stand_in_their_streets(self, places: DemoPlaces) -> None:
        where = {c.name: places.street_of(c).name for c in places.communities}
        assert where == {
            "怡居苑西社区": "桥西街街道",
            "九源社区": "新建路街道",
            "龙岗社区": "新建路街道",
            "建北社区": "长征街街道",
        }
        assert places.district.slogan == "新晋邻·忻和美"

    def test_codes_fit_into_addresses_and_telephones_are_fictional(
        self, places: DemoPlaces
    ) -> None:
        for community in places.communities:
            assert re.fullmatch(r"[a-z0-9]+", community.code)
            assert re.fullmatch(r"0350-555 01\d\d", community.telephone)
            assert 6 <= len(community.grids) <= 8
            assert [grid.number for grid in community.grids] == list(
                range(1, len(community.grids) + 1)
            )


class TestMerchants:
    def test_every_community_has_at_least_six_merchants(
        self, places: DemoPlaces, alliance: DemoAlliance
    ) -> None:
        assert len(alliance.merchants) >= 16
        assert len({merchant.code for merchant in alliance.merchants}) == len(alliance.merchants)
        assert len({merchant.name for merchant in alliance.merchants}) == len(alliance.merchants)
        for community in places.communities:
            assert len(alliance.serving(community.code)) >= 6

    def test_merchants_serve_one_or_two_known_communities(
        self, places: DemoPlaces, alliance: DemoAlliance
    ) -> None:
        known = {community.code for community in places.communities}
        for merchant in alliance.merchants:
            codes = {place.community_code for place in merchant.places}
            assert codes <= known
            assert len(codes) == len(merchant.places) <= 2
            assert merchant.place_in("nowhere") is None

    def test_costs_are_borne_to_the_last_percent(self, alliance: DemoAlliance) -> None:
        pools = {pool.code for pool in alliance.pools}
        for merchant in alliance.merchants:
            sharing = merchant.cost_sharing
            assert sharing.merchant_percent + sharing.pool_percent == 100
            assert (sharing.pool_code in pools) == (sharing.pool_percent > 0)

    def test_offers_are_better_than_for_anyone_else(self, alliance: DemoAlliance) -> None:
        for merchant in alliance.merchants:
            assert len({offer.code for offer in merchant.offers}) == len(merchant.offers) >= 2
            for offer in merchant.offers:
                assert offer.kind in OFFER_KINDS
                saved = offer.ordinary_yuan - offer.alliance_yuan
                assert Decimal(0) < offer.points <= saved, offer.title
                assert (offer.percent_off is None) == (offer.kind != "percent_off")
                assert offer.per_holder
                assert {limit.per for limit in offer.per_holder} <= {"day", "month"}

    def test_offers_stand_inside_the_opening_hours(self, alliance: DemoAlliance) -> None:
        for merchant in alliance.merchants:
            opens, closes = merchant.opening_span
            assert opens < closes
            for hours in (hours for offer in merchant.offers for hours in offer.hours):
                assert opens <= hours.opens < hours.closes <= closes
                assert set(hours.days) <= set(range(1, 8))

    def test_every_offer_names_a_published_scheme(self, alliance: DemoAlliance) -> None:
        sources = {row["place"] for row in read_json("sources.json")}
        assert {offer.after for m in alliance.merchants for offer in m.offers} <= sources

    def test_a_cap_leaves_room_for_every_offer(self, alliance: DemoAlliance) -> None:
        for merchant in alliance.merchants:
            dearest = max(offer.points for offer in merchant.offers)
            assert all(place.monthly_cap_points >= 3 * dearest for place in merchant.places)


class TestAgreementText:
    def test_every_placeholder_must_be_filled(self) -> None:
        fields = {
            name: f"<{name}>"
            for _, name, _, _ in string.Formatter().parse(read_text("agreement_text.md"))
            if name
        }
        text = agreement_text(fields)
        assert all(value in text for value in fields.values())
        for clause in ("不能兑换现金", "一般不退", "每月上限", "由谁承担", "解除本协议", "调解"):
            assert clause in text
        fields.pop("offers")
        with pytest.raises(KeyError, match="offers"):
            agreement_text(fields)

    def test_an_offer_reads_as_one_line(self, alliance: DemoAlliance) -> None:
        breakfast = alliance.merchants[0].offers[0]
        assert offer_line(breakfast) == (
            "- 60岁以上早餐一份：平时 8 元，联盟价 8 积分，不另付钱；每人每天 1 次"
        )
