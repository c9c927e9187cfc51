"""The parent that a rulebook extends 叠加, found by its pin (code and version).

A parent is an adopted rulebook of the community, one issued by its street or district, or a
template of the product; the nearest wins. None of them ever changes under its version.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kernel import tenancy
from kernel.database import db
from points import rulebook_templates, rulebook_text
from points.models import IssuedRulebook, IssuerLevel, Rulebook, RulebookVersion
from points.rulebook_life import issuers
from points.rulebook_life.issuers import Issuer
from points.rules import extending
from points.rules.document import parse
from points.rules.findings import Finding, RulebookRefused, error, errors_of
from points.rules.named_refusals import named_refusals
from points.rules.schema import schema_findings

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The text as the rules read it; ``parent_sha256`` is None where nothing is extended."""

    document: Json
    parent_sha256: str | None = None
    findings: tuple[Finding, ...] = ()


def joined(community_id: uuid.UUID, document: Json) -> Joined:
    """The document with its parent's items, base, limits, conflicts and counters.

    With findings (its own shape, ``parent_missing``, what does not fit together) it is returned
    as it is.
    """
    if not document.get("extends"):
        return Joined(document=document)
    own = _shape(document)
    if errors_of(own):
        return Joined(document=document, findings=own)
    pin = document["extends"]
    text = (
        _adopted(community_id, pin) or _issued(issuers.above(community_id), pin) or _template(pin)
    )
    return _joined(document, text, own)


def joined_above(bodies: Sequence[Issuer], document: Json) -> Joined:
    """:func:`joined`, for a document of a body above the communities."""
    if not document.get("extends"):
        return Joined(document=document)
    own = _shape(document)
    if errors_of(own):
        return Joined(document=document, findings=own)
    pin = document["extends"]
    return _joined(document, _issued(bodies, pin) or _template(pin), own)


def _shape(document: Json) -> tuple[Finding, ...]:
    """Joining relies on the right shape of the child."""
    found = named_refusals(document)
    return tuple(found if errors_of(found) else schema_findings(document))


def _joined(document: Json, text: str | None, own: tuple[Finding, ...]) -> Joined:
    pin = document["extends"]
    if text is None:
        missing = error(
            "parent_missing",
            "extends",
            f"没有找到要叠加的细则“{pin['code']}”第 {pin['version']} 版，请核对编号和版本。",
            f"The parent {pin['code']}, version {pin['version']}, was not found. "
            "Please check its code and version.",
        )
        return Joined(document=document, findings=(*own, missing))
    try:
        whole = extending.join(document, parse(text))
    except RulebookRefused as refused:
        return Joined(document=document, findings=(*own, *refused.findings))
    return Joined(document=whole, parent_sha256=rulebook_text.sha256(text))


def _adopted(community_id: uuid.UUID, pin: Json) -> str | None:
    row = db.session.execute(
        tenancy.columns(
            RulebookVersion, community_id, RulebookVersion.document, RulebookVersion.whole_document
        )
        .join(
            Rulebook,
            (Rulebook.community_id == RulebookVersion.community_id)
            & (Rulebook.id == RulebookVersion.rulebook_id),
        )
        .where(
            Rulebook.code == pin["code"],
            RulebookVersion.version == pin["version"],
            RulebookVersion.effective_from.is_not(None),
        )
    ).one_or_none()
    return None if row is None else str(row.whole_document or row.document)


def _issued(bodies: Sequence[Issuer], pin: Json) -> str | None:
    """The street's before the district's, where both use one code."""
    rows = db.session.scalars(
        sa.select(IssuedRulebook).where(
            IssuedRulebook.issuer_id.in_([body.id for body in bodies]),
            IssuedRulebook.code == pin["code"],
            IssuedRulebook.version == pin["version"],
        )
    ).all()
    by_level = {row.level: row.document for row in rows}
    return by_level.get(IssuerLevel.STREET) or by_level.get(IssuerLevel.DISTRICT)


def _template(pin: Json) -> str | None:
    """A template of the product; later releases may ship another version of it."""
    for each in rulebook_templates.templates():
        if each.code == pin["code"] and each.document["version"] == pin["version"]:
            return rulebook_text.canonical(each.document)
    return None
