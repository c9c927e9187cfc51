"""A version as its readers see it: the text, its findings and sentences, what differs."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from community import places
from kernel import tenancy
from kernel.access import Actor
from kernel.database import db
from points.models import Rulebook, RulebookState, RulebookVersion
from points.permissions import PointsPermission
from points.rulebook_life import edits, examining, parents, sentences, steps
from points.rulebook_life.errors import NothingToStartFrom
from points.rulebook_life.sentences import Sentence
from points.rules.differences import Difference, ReadBack, difference
from points.rules.document import parse
from points.rules.findings import Finding, errors_of
from points.rules.readback_header import Said, read_back_header

#: States that only those who draft, or look at dry runs, may read.
UNSEEN = (RulebookState.DRAFT, RulebookState.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A version with everything found in it. ``document`` is its own text, as plain data."""

    row: RulebookVersion
    document: Mapping[str, Any]
    findings: Sequence[Finding]
    sentences: Sequence[Sentence]
    #: Everything beside the items; empty until the text can be read as a rulebook.
    header: Sequence[Said]
    own_items: Mapping[str, int]

    @property
    def error_count(self) -> int:
        return len(errors_of(self.findings))


@dataclass(frozen=True, kw_only=True)
class ItemSeen:
    """An item of a version and how it reads."""

    item: Mapping[str, Any]
    sentence: Sentence


def may_see_drafts(actor: Actor, community_id: uuid.UUID) -> bool:
    """Those who draft, and those who may look at dry runs."""
    place = places.place_of(community_id)
    return actor.may(PointsPermission.DRAFT_RULEBOOK, place) or actor.may(
        PointsPermission.DRY_RUN_RULEBOOK, place
    )


def version_of(*, actor: Actor, community_id: uuid.UUID, version_id: uuid.UUID) -> RulebookVersion:
    """One version; drafts exist only for those who may see them. Raises NotFound, Forbidden."""
    place = places.place_of(community_id)
    actor.require(PointsPermission.READ_RULEBOOK, place)
    row = tenancy.get(RulebookVersion, community_id, version_id)
    if row.state in UNSEEN and not may_see_drafts(actor, community_id):
        actor.require(PointsPermission.DRAFT_RULEBOOK, place)
    return row


def reading(
    *, actor: Actor, community_id: uuid.UUID, version_id: uuid.UUID, today: dt.date
) -> Reading:
    """A version with its findings of today and its sentences."""
    row = version_of(actor=actor, community_id=community_id, version_id=version_id)
    return of_row(row, today)


def of_row(row: RulebookVersion, today: dt.date) -> Reading:
    """:func:`reading` of a row that has been read, as every edit answers it."""
    document = parse(row.document)
    read = examining.read(row.community_id, document, today)
    return Reading(
        row=row,
        document=document,
        findings=read.findings,
        sentences=sentences.of_document(read.whole, read.rulebook),
        header=read_back_header(read.rulebook) if read.rulebook else (),
        own_items=_own_items(document),
    )


def items(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    version_id: uuid.UUID,
    q: str | None,
    kind: str | None,
    after: str | None,
    limit: int,
) -> list[ItemSeen]:
    """Items of a version in its own order, after the code ``after``; searched in their texts.

    Raises ItemUnknown where ``after`` is no item.
    """
    row = version_of(actor=actor, community_id=community_id, version_id=version_id)
    document = parse(row.document)
    said = sentences.of_document(document, None)
    found = [
        ItemSeen(item=item, sentence=sentence)
        for item, sentence in zip(document["items"], said, strict=True)
        if kind is None or item.get("kind") == kind
    ]
    if after is not None:
        edits.item(document, after)
        codes = [item["code"] for item in document["items"]]
        later = set(codes[codes.index(after) + 1 :])
        found = [each for each in found if each.item["code"] in later]
    if q:
        found = [each for each in found if q in _searched(each)]
    return found[:limit]


def one_item(
    *, actor: Actor, community_id: uuid.UUID, version_id: uuid.UUID, code: str
) -> ItemSeen:
    """One item; raises ItemUnknown."""
    row = version_of(actor=actor, community_id=community_id, version_id=version_id)
    document = parse(row.document)
    item = edits.item(document, code)
    said = sentences.of_document({**document, "items": [item]}, None)
    return ItemSeen(item=item, sentence=said[0])


def one_part(
    *, actor: Actor, community_id: uuid.UUID, version_id: uuid.UUID, part: str
) -> tuple[RulebookVersion, object]:
    """A part of the header, None where the text does not have it; raises PartUnknown."""
    row = version_of(actor=actor, community_id=community_id, version_id=version_id)
    return row, edits.part(parse(row.document), part)


def changes(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    version_id: uuid.UUID,
    against: uuid.UUID | None,
) -> tuple[RulebookVersion, RulebookVersion, Difference]:
    """(older, newer, what changed): against another version, else the one in force or last.

    Raises NothingToStartFrom where there is no other version.
    """
    row = version_of(actor=actor, community_id=community_id, version_id=version_id)
    other = (
        version_of(actor=actor, community_id=community_id, version_id=against)
        if against is not None
        else _former(row)
    )
    before, after = _whole(other), _whole(row)
    found = difference(before, after, _said(before), _said(after))
    return other, row, found


def acts(
    *,
    actor: Actor,
    community_id: uuid.UUID,
    version_id: uuid.UUID,
    after: uuid.UUID | None,
    limit: int,
) -> list[steps.ActShown]:
    """The acts of one version, newest first."""
    version_of(actor=actor, community_id=community_id, version_id=version_id)
    return steps.acts(community_id, version_id, after_id=after, limit=limit)


def _former(row: RulebookVersion) -> RulebookVersion:
    """The adopted version that this one follows: the latest of its rulebook, else of its kind."""
    own = tenancy.get(Rulebook, row.community_id, row.rulebook_id)
    statement = (
        tenancy.select(RulebookVersion, row.community_id)
        .join(
            Rulebook,
            (Rulebook.community_id == RulebookVersion.community_id)
            & (Rulebook.id == RulebookVersion.rulebook_id),
        )
        .where(
            RulebookVersion.id != row.id,
            RulebookVersion.effective_from.is_not(None),
            Rulebook.holder == own.holder,
        )
        .order_by(
            (Rulebook.id == own.id).desc(),
            RulebookVersion.effective_from.desc(),
            RulebookVersion.id.desc(),
        )
    )
    if row.effective_from is not None:
        statement = statement.where(RulebookVersion.effective_from <= row.effective_from)
    found = db.session.scalars(statement.limit(1)).one_or_none()
    if found is None:
        raise NothingToStartFrom()
    return found


def _whole(row: RulebookVersion) -> Mapping[str, Any]:
    """The text with its parent's, as it was adopted or would be now."""
    if row.whole_document is not None:
        return parse(row.whole_document)
    return parents.joined(row.community_id, parse(row.document)).document


def _said(document: Mapping[str, Any]) -> ReadBack:
    by_code = {each.code: each for each in sentences.of_document(document, None)}

    def said(code: str, language: str) -> str | None:
        found = by_code.get(code)
        return None if found is None else found.en if language == "en" else found.zh

    return said


def _own_items(document: Mapping[str, Any]) -> dict[str, int]:
    """How many items of each kind the community made itself (``origin`` community, or unsaid)."""
    counts = dict.fromkeys(("bonus", "deduction", "record"), 0)
    for item in document["items"]:
        kind = str(item.get("kind"))
        if kind in counts and item.get("origin", "community") == "community":
            counts[kind] += 1
    return counts


def _searched(each: ItemSeen) -> str:
    words = (
        each.item["code"],
        each.item.get("name"),
        each.item.get("category"),
        each.item.get("group"),
        each.sentence.zh,
        each.sentence.en,
    )
    return " ".join(str(word) for word in words if word)
