"""Drafts: keeping a text, replacing it, editing it, withdrawing it.

A draft may hold errors: it is kept, and every error is named with its place. It is neither opened
for consultation nor adopted before they are gone.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.audit import By
from kernel.database import db
from kernel.ids import new_id
from points import rulebook_text
from points.models import Rulebook, RulebookActKind, RulebookState, RulebookVersion
from points.permissions import PointsPermission
from points.rulebook_life import edits, shape, steps
from points.rulebook_life.errors import (
    DraftExists,
    HolderChanged,
    IdentityChanged,
    VersionTaken,
)
from points.rules.document import parse

Json = dict[str, Any]


def draft(*, actor: Actor, now: dt.datetime, community_id: uuid.UUID, text: str) -> RulebookVersion:
    """Keep a rulebook written as JSON text as a new draft.

    Raises RulebookRefused where it cannot even be kept (not JSON, no code, items without codes),
    DraftExists, VersionTaken, HolderChanged.
    """
    require_may_draft(actor=actor, community_id=community_id)
    return keep(actor=actor, now=now, community_id=community_id, document=parse(text))


def require_may_draft(*, actor: Actor, community_id: uuid.UUID) -> None:
    """Asked before a text or workbook is read, since reading a hostile one is work."""
    actor.require(PointsPermission.DRAFT_RULEBOOK, places.place_of(community_id))


def keep(
    *, actor: Actor, now: dt.datetime, community_id: uuid.UUID, document: Mapping[str, Any]
) -> RulebookVersion:
    """:func:`draft`, of a document that has been read already."""
    require_may_draft(actor=actor, community_id=community_id)
    kept = shape.keepable({key: value for key, value in document.items() if key != "adopted"})
    rulebook = _rulebook(community_id, kept)
    _require_free(rulebook, int(kept["version"]))
    row = RulebookVersion(
        community_id=community_id,
        id=new_id(),
        rulebook_id=rulebook.id,
        version=int(kept["version"]),
        state=RulebookState.DRAFT,
        version_seen=1,
    )
    _write(row, kept)
    db.session.add(row)
    db.session.flush()
    by = By(actor=actor, now=now)
    steps.append(row, RulebookActKind.DRAFTED, None, by)
    return row


def replace(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    version_id: uuid.UUID,
    version: int,
    document: Mapping[str, Any],
) -> RulebookVersion:
    """Put another text in the place of a draft's; code, version and holder stay.

    Raises RulebookRefused, IdentityChanged, NotEditable, StaleVersion.
    """
    given = {key: value for key, value in document.items() if key != "adopted"}
    return _edit(
        lambda _: given,
        actor=actor,
        now=now,
        community_id=community_id,
        version_id=version_id,
        version=version,
        place=None,
    )


def add_item(*, item: Json, position: int | None = None, **given: Any) -> RulebookVersion:
    """Add an item at ``position`` (from 1), else at the end. Raises ItemCodeTaken; see _edit."""
    place = f"items[{item.get('code', '')}]"
    return _edit(
        lambda document: edits.with_new_item(document, item, position=position),
        place=place,
        **given,
    )


def change_item(*, code: str, item: Json, **given: Any) -> RulebookVersion:
    """Put ``item`` in the place of the one with ``code``. Raises ItemUnknown, ItemCodeTaken."""
    return _edit(
        lambda document: edits.with_item(document, code, item), place=f"items[{code}]", **given
    )


def remove_item(*, code: str, **given: Any) -> RulebookVersion:
    """Leave an item out. Raises ItemUnknown."""
    return _edit(
        lambda document: edits.without_item(document, code), place=f"items[{code}]", **given
    )


def change_part(*, part: str, value: object, **given: Any) -> RulebookVersion:
    """Set a part of the header, or leave it out (None). Raises PartUnknown, PartNeeded."""
    return _edit(lambda document: edits.with_part(document, part, value), place=part, **given)


def withdraw(
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    version_id: uuid.UUID,
    version: int,
    why: str,
) -> RulebookVersion:
    """Give up a draft, or one under consultation; its number stays taken.

    Raises IllegalRulebookStep, StaleVersion.
    """
    require_may_draft(actor=actor, community_id=community_id)
    row = steps.held(community_id, version_id)
    steps.seen(row, RulebookActKind.WITHDRAWN, version)
    steps.take(row, RulebookActKind.WITHDRAWN, By(actor=actor, now=now, why=why))
    return row


def _edit(
    change: Callable[[Json], Json],
    *,
    actor: Actor,
    now: dt.datetime,
    community_id: uuid.UUID,
    version_id: uuid.UUID,
    version: int,
    place: str | None,
) -> RulebookVersion:
    """Raises NotEditable, StaleVersion, and RulebookRefused where the result cannot be kept."""
    require_may_draft(actor=actor, community_id=community_id)
    row = steps.held(community_id, version_id)
    steps.seen(row, RulebookActKind.EDITED, version)
    before = parse(row.document)
    kept = shape.keepable(change(before))
    if any(kept[name] != before[name] for name in ("code", "version", "holder")):
        raise IdentityChanged(field="document")
    _write(row, kept)
    if not _is_adopted_once(row):
        tenancy.get(Rulebook, community_id, row.rulebook_id).title = kept["title"]
    steps.take(row, RulebookActKind.EDITED, By(actor=actor, now=now), place=(place or "")[:120])
    return row


def _write(row: RulebookVersion, document: Mapping[str, Any]) -> None:
    row.document = rulebook_text.canonical(document)
    row.sha256 = rulebook_text.sha256(row.document)


def _rulebook(community_id: uuid.UUID, document: Mapping[str, Any]) -> Rulebook:
    """The line of versions with this code; the first draft begins it."""
    found = db.session.scalars(
        tenancy.select(Rulebook, community_id).where(Rulebook.code == document["code"])
    ).one_or_none()
    if found is not None:
        if found.holder != document["holder"]:
            raise HolderChanged(field="holder", code=found.code, holder=found.holder)
        return found
    found = Rulebook(
        community_id=community_id,
        id=new_id(),
        code=document["code"],
        title=document["title"],
        holder=document["holder"],
    )
    db.session.add(found)
    db.session.flush()
    return found


def _require_free(rulebook: Rulebook, version: int) -> None:
    state = db.session.scalars(
        tenancy.columns(RulebookVersion, rulebook.community_id, RulebookVersion.state).where(
            RulebookVersion.rulebook_id == rulebook.id, RulebookVersion.version == version
        )
    ).one_or_none()
    if state in (RulebookState.DRAFT, RulebookState.CONSULTATION):
        raise DraftExists(field="version", version=version)
    if state is not None:
        raise VersionTaken(field="version", version=version)


def _is_adopted_once(row: RulebookVersion) -> bool:
    """Whether some version of the rulebook was adopted: then that one's title is the known one."""
    statement = tenancy.columns(RulebookVersion, row.community_id, RulebookVersion.id).where(
        RulebookVersion.rulebook_id == row.rulebook_id,
        RulebookVersion.effective_from.is_not(None),
    )
    return db.session.execute(statement.limit(1)).first() is not None
