"""One person with several accounts 同一个人: a phone, a login for work, one made elsewhere.

What one account of a person did, no other account of theirs checks, approves or confirms; whom the
person lives with is the household of all of them. Accounts are joined when they turn out to be one
person: a member is bound to another account than before, WeChat knows both by one unionid, or the
office says whose work account it is. An account that is alone has no ``person_id``, which every
request knows from its sign-in: then nothing is asked of the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import or_, select, update

from community.models import UserAccount
from kernel.access import Actor
from kernel.database import db
from kernel.ids import new_id


def accounts_of(actor: Actor) -> frozenset[uuid.UUID]:
    """Every account of the person who acts, the acting one among them.

    This is what all rules of two persons compare with: recorder and approver, uploader and
    confirmer, who asks and who decides. One statement for who has several, else none.
    """
    if actor.person_id is None:
        return frozenset({actor.account_id})
    return frozenset({actor.account_id, *_together(actor.person_id)})


def of_account(account_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Every account of the person whose account it is; two statements at most."""
    person_id = db.session.scalar(select(UserAccount.person_id).where(UserAccount.id == account_id))
    others = _together(person_id) if person_id is not None else ()
    return frozenset({account_id, *others})


def join(account_id: uuid.UUID, others: Collection[uuid.UUID]) -> None:
    """These accounts are one person from now on, with all that each was joined to before."""
    ids = sorted({account_id, *others})
    if len(ids) < 2:
        return
    # Held in the order of their ids: two joins of the same people wait for each other.
    rows = db.session.scalars(
        select(UserAccount).where(UserAccount.id.in_(ids)).order_by(UserAccount.id)
        .with_for_update().execution_options(populate_existing=True)
    ).all()  # fmt: skip
    known = sorted({row.person_id for row in rows if row.person_id is not None})
    # No account's own id: it would say of that account that it is alone.
    person_id = known[0] if known else new_id()
    db.session.execute(
        update(UserAccount)
        .where(or_(UserAccount.id.in_(ids), UserAccount.person_id.in_(known)))
        .values(person_id=person_id)
        .execution_options(synchronize_session="fetch")
    )


def _together(person_id: uuid.UUID) -> Collection[uuid.UUID]:
    return db.session.scalars(
        select(UserAccount.id).where(UserAccount.person_id == person_id)
    ).all()
