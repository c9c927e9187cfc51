"""Where staff begin: the communities they act in, and what waits in each."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kernel import clock
from kernel.errors import Forbidden
from kernel.http import actor
from web.office import asked, desk, home_reading
from web.office.blueprint import blueprint


@blueprint.get("/office")
def office_places() -> ResponseReturnValue:
    """Straight to the one community, else a list of them to find one in."""
    found = home_reading.desks(actor())
    if not found:
        raise Forbidden()
    if len(found) == 1:
        return redirect(url_for("office.home", community=found[0].community.code))
    q = asked.text()
    kept = [each for each in found if q in each.community.name or q in each.street.name]
    return render_template("office/places.html", places=kept, q=q)


@blueprint.get("/office/<community>")
def home(community_id: uuid.UUID) -> str:
    """What needs somebody, and the sections."""
    here = desk.at(actor(), community_id)
    needs = home_reading.needs(actor=actor(), now=clock.now(), desk=here)
    return render_template("office/home.html", desk=here, needs_found=needs)
