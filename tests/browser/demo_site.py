"""The running product with a small demo in it, for the browser tests and the screenshots."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from flask_migrate import upgrade

from app import create_app
from community import places
from kernel import clock
from kernel.database import db
from merchants import agreement_archive, alliance
from ops.demo import seed
from ops.demo.stage import SeedSize
from tests.factories.merchants import OfferFactory
from tests.support.backend import settings_for
from tests.support.live import live_server

#: Where the tests redeem, and what.
COMMUNITY, SHOP, OFFER = "yjyx", "laoxing", "全天供应的豆浆一杯"
#: Enough rows for more than the top and for a second sheet of paper.
SMALL = SeedSize(members=140, density={}, other_density=0.03, sealed_share=1.0)


@contextmanager
def demo_site(folder: Path, size: SeedSize = SMALL) -> Iterator[str]:
    """Play the demo into a new database in ``folder`` and serve it; yields the address."""
    settings = settings_for(f"sqlite:///{folder / 'demo.db'}")
    app = create_app(settings)
    with app.app_context():
        upgrade()
        seed.ensure(echo=lambda _line: None, size=size)
        open_round_the_clock()
        db.session.remove()
        db.engine.dispose()
    with live_server(settings) as url:
        yield url


def open_round_the_clock() -> None:
    """Give 老邢家常菜 an offer that can be had at any hour: tests run at night, too."""
    today = clock.business_date(clock.now())
    community = places.community_by_code(COMMUNITY)
    shop = alliance.merchant_by_code(community.id, SHOP)
    agreement = agreement_archive.active(community.id, shop.id, today)
    assert agreement is not None
    OfferFactory(
        community_id=community.id, merchant_id=shop.id, agreement_id=agreement.id,
        title=OFFER, points=Decimal(1), valid_from=today,
    )  # fmt: skip
    db.session.commit()
