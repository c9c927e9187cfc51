"""Redemptions to play in one community's month: who, where, what, when.

They respect what the offers and agreements say (audience, hours, limits per holder, stock, the
monthly cap) and never spend more than a holder has, so each of them can succeed at the counter.
"""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal

from ops.demo.alliance import DemoMerchant, DemoOffer
from ops.demo.month_days import month_bounds
from ops.demo.people import DemoPerson, DemoPopulation

FEWEST_A_MONTH, MOST_A_MONTH = 62, 88
#: A card is for small amounts, and for people without a phone.
CARD_POINTS_MAX = Decimal(10)
SHOP_QR_SHARE = 0.25
CANCELLED_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class DemoRedemption:
    """One redemption at a counter; `at` is Asia/Shanghai time inside the offer's hours.

    `way` is code (rotating code), shop_qr (standing QR) or card; `is_cancelled` asks for a
    cancellation within the window after it.
    """

    index: int
    community_code: str
    month: str
    merchant_code: str
    offer_code: str
    member_index: int
    points: Decimal
    on: date
    at: time
    way: str
    is_cancelled: bool


class _Counter:
    """Keeps what was taken, and answers whether one more fits."""

    def __init__(self, *, community_code: str, spendable: Mapping[int, Decimal]):
        self.community_code = community_code
        self.left = dict(spendable)
        self.taken: Counter[tuple[object, ...]] = Counter()
        self.received: dict[str, Decimal] = {}

    def fits(self, *, merchant: DemoMerchant, offer: DemoOffer, who: int, on: date) -> bool:
        place = merchant.place_in(self.community_code)
        received = self.received.get(merchant.code, Decimal(0))
        name = (merchant.code, offer.code)
        within_holder = all(
            self.taken[(*name, who, on if limit.per == "day" else "month")] < limit.times
            for limit in offer.per_holder
        )
        return (
            place is not None
            and place.joined_on <= on
            and received + offer.points <= place.monthly_cap_points
            and self.left.get(who, Decimal(0)) >= offer.points
            and within_holder
            # One visit to a shop a day also keeps cards inside their one use per merchant and day.
            and not self.taken[(merchant.code, who, on)]
            and (offer.daily_stock is None or self.taken[(*name, on)] < offer.daily_stock)
            and (offer.monthly_stock is None or self.taken[name] < offer.monthly_stock)
        )

    def take(self, *, merchant: DemoMerchant, offer: DemoOffer, who: int, on: date) -> None:
        name = (merchant.code, offer.code)
        self.left[who] -= offer.points
        self.received[merchant.code] = self.received.get(merchant.code, Decimal(0)) + offer.points
        self.taken.update(
            [name, (*name, on), (*name, who, on), (*name, who, "month"), (merchant.code, who, on)]
        )


def base_points_only(
    population: DemoPopulation, points: Decimal = Decimal(10)
) -> dict[int, Decimal]:
    """Return the careful guess that everybody has the monthly base grant and nothing else."""
    return {person.index: points for person in population.people}


def month_redemptions(
    *,
    population: DemoPopulation,
    merchants: tuple[DemoMerchant, ...],
    month: str,
    until: date,
    spendable: Mapping[int, Decimal],
    rng: random.Random,
) -> tuple[DemoRedemption, ...]:
    """Return the redemptions of `month` in order of time, none after the day `until`.

    `merchants` serve this community; `spendable` is what each member (by index) may spend in the
    month. A full month has 60 to 90, unless nobody has points for so many.
    """
    first, last = month_bounds(month)
    end = min(last, until)
    if end < first:
        return ()
    counter = _Counter(community_code=population.community_code, spendable=spendable)
    share = ((end - first).days + 1) / ((last - first).days + 1)
    wanted = round(rng.randint(FEWEST_A_MONTH, MOST_A_MONTH) * share)
    drawn: list[DemoRedemption] = []
    for _ in range(wanted * 60):
        if len(drawn) == wanted:
            break
        redemption = _draw(population, merchants, counter=counter, span=(first, end), rng=rng)
        if redemption is not None:
            drawn.append(replace(redemption, month=month))
    ordered = sorted(drawn, key=lambda r: (r.on, r.at, r.member_index, r.merchant_code))
    return tuple(replace(redemption, index=index) for index, redemption in enumerate(ordered))


def _draw(
    population: DemoPopulation,
    merchants: tuple[DemoMerchant, ...],
    *,
    counter: _Counter,
    span: tuple[date, date],
    rng: random.Random,
) -> DemoRedemption | None:
    """Draw one redemption; None when this person, offer and day do not go together."""
    people = population.people
    person = rng.choices(people, weights=[0.6 + p.activity for p in people])[0]
    merchant = rng.choice(merchants)
    offer = rng.choice(merchant.offers)
    if offer.audience and person.audience_words.isdisjoint(offer.audience):
        return None
    on = span[0] + timedelta(days=rng.randint(0, (span[1] - span[0]).days))
    at = _time(merchant, offer, on=on, rng=rng)
    way = _way(person, offer, rng=rng)
    if (
        at is None
        or way is None
        or not counter.fits(merchant=merchant, offer=offer, who=person.index, on=on)
    ):
        return None
    counter.take(merchant=merchant, offer=offer, who=person.index, on=on)
    return DemoRedemption(
        index=0,
        community_code=population.community_code,
        month="",
        merchant_code=merchant.code,
        offer_code=offer.code,
        member_index=person.index,
        points=offer.points,
        on=on,
        at=at,
        way=way,
        is_cancelled=rng.random() < CANCELLED_SHARE,
    )


def _time(merchant: DemoMerchant, offer: DemoOffer, *, on: date, rng: random.Random) -> time | None:
    """Return a minute inside the hours of that day, None when the offer rests that day."""
    spans = [(h.opens, h.closes) for h in offer.hours if on.isoweekday() in h.days]
    if not offer.hours:
        spans = [merchant.opening_span]
    if not spans:
        return None
    opens, closes = rng.choice(spans)
    minute = rng.randrange(opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute)
    return time(minute // 60, minute % 60)


def _way(person: DemoPerson, offer: DemoOffer, *, rng: random.Random) -> str | None:
    """Return how they pay; None for what a card is not for."""
    if person.has_phone:
        return "shop_qr" if rng.random() < SHOP_QR_SHARE else "code"
    return "card" if offer.points <= CARD_POINTS_MAX else None
