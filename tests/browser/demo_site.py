"""The running product with a small demo in it, for the browser tests and the screenshots."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import upgrade

from app import create_app
from kernel.database import db
from ops.demo import seed
from ops.demo.stage import SeedSize
from tests.support.backend import settings_for
from tests.support.live import live_server

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
        db.session.remove()
        db.engine.dispose()
    with live_server(settings) as url:
        yield url
