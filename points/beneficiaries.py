"""Whose conduct a fact is, and whose accounts receive it: resolved at the door.

One fact is written for each receiving account, all sharing the deed. A deduction reaches only
whoever did it, or in a household rulebook their household.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from community import members
from community.members import current
from community.models import Household, Membership, MemberTag
from kernel import tenancy
from kernel.database import db
from points import holders
from points.errors import (
    BeneficiariesMissing,
    BeneficiaryNotAllowed,
    HeadUnknown,
    HouseholdUnknown,
    MerchantUnknown,
    RelationNotAllowed,
    SubjectMissing,
)
from points.models import HolderKind
from points.rules.compiled import BeneficiaryKind, Item, ItemKind

#: The assigned tag of the person who stands for a household.
HEAD_TAG = "household_head"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom the recorder names: exactly one of the three."""

    member_id: uuid.UUID | None = None
    household_id: uuid.UUID | None = None
    merchant_id: uuid.UUID | None = None

    @property
    def kind(self) -> HolderKind:
        """Raises SubjectMissing unless exactly one is named."""
        named = [
            kind
            for kind, given in (
                (HolderKind.MEMBER, self.member_id),
                (HolderKind.HOUSEHOLD, self.household_id),
                (HolderKind.MERCHANT, self.merchant_id),
            )
            if given is not None
        ]
        if len(named) != 1:
            raise SubjectMissing(field="member_id")
        return named[0]


@dataclass(frozen=True, kw_only=True)
class NamedPerson:
    """A beneficiary whom the recorder names, and how they stand to whoever did it."""

    member_id: uuid.UUID
    relation: str


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """Whose conduct it is, on that day: a member, or a household or merchant as such."""

    kind: HolderKind
    id: uuid.UUID
    household_id: uuid.UUID | None
    tags: frozenset[str]
    name: str | None = None

    @property
    def member_id(self) -> uuid.UUID | None:
        return self.id if self.kind is HolderKind.MEMBER else None


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """One receiving account's holder, and their household on that day."""

    kind: HolderKind
    holder_id: uuid.UUID
    household_id: uuid.UUID | None


def conduct_of(community_id: uuid.UUID, subject: Subject, on: dt.date) -> Conduct:
    """The subject on that day. Raises NotFound, HouseholdUnknown, MerchantUnknown."""
    if subject.member_id is not None:
        who = members.identity(community_id, subject.member_id, on)
        return Conduct(
            kind=HolderKind.MEMBER,
            id=who.member_id,
            household_id=who.household_id,
            tags=who.tags,
            name=who.name,
        )
    if subject.household_id is not None:
        return _household(community_id, subject.household_id, on)
    merchant_id = subject.merchant_id
    if merchant_id is None:
        raise SubjectMissing(field="member_id")
    if not holders.exists(community_id, HolderKind.MERCHANT, merchant_id, on):
        raise MerchantUnknown(field="merchant_id")
    return Conduct(kind=HolderKind.MERCHANT, id=merchant_id, household_id=None, tags=frozenset())


def receivers_of(
    community_id: uuid.UUID,
    item: Item,
    conduct: Conduct,
    *,
    holder: str,
    named: Sequence[NamedPerson],
    on: dt.date,
) -> tuple[Receiver, ...]:
    """Who receives it, in a fixed order; ``holder`` is who owns the rulebook's accounts.

    Raises BeneficiaryNotAllowed and its kinds; the item decides who is asked for.
    """
    who = item.beneficiary.who
    if named and who is not BeneficiaryKind.NAMED:
        raise BeneficiaryNotAllowed(field="beneficiaries")
    if holder == HolderKind.MERCHANT or conduct.kind is HolderKind.MERCHANT:
        if holder != HolderKind.MERCHANT or conduct.kind is not HolderKind.MERCHANT:
            raise BeneficiaryNotAllowed(field="merchant_id")
        return (_receiver(HolderKind.MERCHANT, conduct.id, None),)
    if who is BeneficiaryKind.NAMED and item.kind is not ItemKind.DEDUCTION:
        return _named(community_id, item, conduct, holder=holder, named=named, on=on)
    if holder == HolderKind.HOUSEHOLD:
        return (_of_household(conduct),)
    if who is BeneficiaryKind.ACTOR or item.kind is ItemKind.DEDUCTION:
        if conduct.kind is not HolderKind.MEMBER:
            raise BeneficiaryNotAllowed(field="household_id")
        return (_receiver(HolderKind.MEMBER, conduct.id, conduct.household_id),)
    household = _of_household(conduct)
    if who is BeneficiaryKind.HOUSEHOLD:
        return (household,)
    living = _living_in(community_id, household.holder_id, on)
    if who is BeneficiaryKind.HEAD:
        living = _heads(community_id, living, on)
        if len(living) != 1:
            raise HeadUnknown(field="member_id")
    return tuple(_receiver(HolderKind.MEMBER, each, household.holder_id) for each in living)


def _receiver(kind: HolderKind, holder_id: uuid.UUID, household_id: uuid.UUID | None) -> Receiver:
    return Receiver(kind=kind, holder_id=holder_id, household_id=household_id)


def _of_household(conduct: Conduct) -> Receiver:
    if conduct.household_id is None:
        raise HouseholdUnknown(field="member_id")
    return _receiver(HolderKind.HOUSEHOLD, conduct.household_id, conduct.household_id)


def _named(
    community_id: uuid.UUID,
    item: Item,
    conduct: Conduct,
    *,
    holder: str,
    named: Sequence[NamedPerson],
    on: dt.date,
) -> tuple[Receiver, ...]:
    """The persons named, each standing in a relation that the item lists."""
    ids = [each.member_id for each in named]
    if not named:
        raise BeneficiariesMissing(field="beneficiaries")
    if len(set(ids)) != len(ids) or conduct.id in ids:
        raise BeneficiaryNotAllowed(field="beneficiaries")
    for each in named:
        if each.relation not in item.beneficiary.relations:
            refused = RelationNotAllowed(field="beneficiaries")
            refused.extra = {"relations": list(item.beneficiary.relations)}
            raise refused
    found: dict[uuid.UUID, Receiver] = {}
    for member_id in sorted(ids):
        who = members.identity(community_id, member_id, on)
        if holder == HolderKind.HOUSEHOLD:
            if who.household_id is None:
                raise HouseholdUnknown(field="beneficiaries")
            receiver = _receiver(HolderKind.HOUSEHOLD, who.household_id, who.household_id)
        else:
            receiver = _receiver(HolderKind.MEMBER, member_id, who.household_id)
        found[receiver.holder_id] = receiver
    return tuple(found.values())


def _household(community_id: uuid.UUID, household_id: uuid.UUID, on: dt.date) -> Conduct:
    if tenancy.find(Household, community_id, household_id) is None:
        raise HouseholdUnknown(field="household_id")
    tags = holders.tags_of(community_id, HolderKind.HOUSEHOLD, [household_id], on)
    return Conduct(
        kind=HolderKind.HOUSEHOLD,
        id=household_id,
        household_id=household_id,
        tags=tags.get(household_id, frozenset()),
    )


def _living_in(community_id: uuid.UUID, household_id: uuid.UUID, on: dt.date) -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            tenancy.columns(Membership, community_id, Membership.member_id)
            .where(Membership.household_id == household_id, current(Membership, on))
            .order_by(Membership.member_id)
        )
    )


def _heads(community_id: uuid.UUID, living: Sequence[uuid.UUID], on: dt.date) -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            tenancy.columns(MemberTag, community_id, MemberTag.member_id)
            .where(
                MemberTag.member_id.in_(living),
                MemberTag.tag == HEAD_TAG,
                current(MemberTag, on),
            )
            .distinct()
        )
    )
