"""Several accounts of one person, for tests of the rules of two persons."""

from __future__ import annotations

import dataclasses
import datetime as dt

from community import persons
from community.models import UserAccount
from kernel.access import Actor
from kernel.database import db

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


def one_person(first: Actor, *others: Actor) -> list[Actor]:
    """These actors as one person's accounts, as their next requests know them."""
    actors = [first, *others]
    for actor in actors:
        if db.session.get(UserAccount, actor.account_id) is None:
            db.session.add(
                UserAccount(
                    id=actor.account_id, openid=actor.account_id.hex, display_name="演示",
                    created_at_utc=NOW,
                )
            )  # fmt: skip
    db.session.flush()
    persons.join(first.account_id, [each.account_id for each in others])
    account = db.session.get(UserAccount, first.account_id)
    assert account is not None
    return [dataclasses.replace(each, person_id=account.person_id) for each in actors]
