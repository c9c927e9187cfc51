"""Each constraint of a rulebook's life, and of what district and street issue, broken once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from community import places
from kernel import personal_text
from kernel.database import db
from kernel.ids import new_id
from points import models

NOW = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 21)
_SHA = "0" * 64


def _added(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def _text(r: Any) -> Any:
    return personal_text.keep(body="话", now=NOW, **r.own)


def act(r: Any, **values: Any) -> Any:
    given = {
        "rulebook_version_id": r.version.id, "version_seen": 1, "act": "drafted",
        "to_state": "draft", "actor_id": new_id(), "at_utc": NOW, **r.own, **values,
    }  # fmt: skip
    return _added(models.RulebookAct(**given))


def draft(r: Any, **values: Any) -> Any:
    given = {
        "state": "draft", "adopted_on": None, "adopted_meeting": None, "effective_from": None,
        **values,
    }  # fmt: skip
    return r.new_version(**given)


def consultation(r: Any, **values: Any) -> Any:
    given = {
        "rulebook_version_id": r.version.id, "number": 1, "starts_on": DAY, "last_on": DAY,
        "document": "{}", "sha256": _SHA, "opened_by": new_id(), "opened_at_utc": NOW,
        **r.own, **values,
    }  # fmt: skip
    return _added(models.Consultation(**given))


def comment(r: Any, **values: Any) -> Any:
    given = {
        "consultation_id": values.get("consultation_id") or consultation(r).id, "number": 1,
        "channel": "online", "author_id": new_id(), "text_id": _text(r).id, "at_utc": NOW,
        **r.own, **values,
    }  # fmt: skip
    return _added(models.ConsultationComment(**given))


def answer(r: Any, **values: Any) -> Any:
    given = {
        "comment_id": values.get("comment_id") or comment(r).id, "number": 1,
        "outcome": "explained", "text_id": _text(r).id, "answered_by": new_id(), "at_utc": NOW,
        **r.own, **values,
    }  # fmt: skip
    return _added(models.ConsultationAnswer(**given))


def _issued(r: Any, **values: Any) -> dict[str, Any]:
    place = places.place_of(r.own["community_id"])
    return {
        "level": "district", "issuer_id": place.district_id, "district_id": place.district_id,
        "version": 1, "document": "{}", "sha256": _SHA, "actor_id": new_id(), "at_utc": NOW,
        **values,
    }  # fmt: skip


def rails(r: Any, **values: Any) -> Any:
    given = {"effective_from": DAY, "reason": "要求", **values}
    return _added(models.GuardRails(**_issued(r, **given)))


def parent(r: Any, **values: Any) -> Any:
    given = {"code": "parent", "title": "上级细则", **values}
    return _added(models.IssuedRulebook(**_issued(r, **given)))


def _of_a_county(r: Any, make: Callable[..., Any]) -> Any:
    """Right in everything but the level: it has a street, as only a district has none."""
    street_id = places.place_of(r.own["community_id"]).street_id
    return make(r, level="county", street_id=street_id, issuer_id=street_id)


def _twice(first: Callable[[], Any]) -> None:
    first()
    first()


def _two_comments(r: Any) -> None:
    first = comment(r)
    comment(r, consultation_id=first.consultation_id)


def _two_answers(r: Any) -> None:
    first = answer(r)
    answer(r, comment_id=first.comment_id)


BROKEN: dict[str, Callable[[Any], Any]] = {
    # versions
    "version state of the list": lambda r: draft(r, state="living"),
    "withdrawn was not adopted": lambda r: r.new_version(state="withdrawn"),
    "only what was adopted is joined": lambda r: draft(r, whole_document="{}", parent_sha256=_SHA),
    "parent pinned with its text": lambda r: r.new_version(
        state="superseded", effective_to=DAY, parent_sha256=_SHA),
    "parent sha256 whole": lambda r: r.new_version(
        state="superseded", effective_to=DAY, parent_sha256="0", whole_document="{}"),
    # acts
    "rulebook act state known": lambda r: act(r, to_state="x"),
    "rulebook act known": lambda r: act(r, act="x", from_state="draft"),
    "only drafting comes from nothing": lambda r: act(r, act="edited"),
    "drafting comes from nothing": lambda r: act(r, from_state="draft"),
    "one act makes a version": lambda r: _twice(lambda: act(r)),
    # consultations
    "consultation number once": lambda r: _twice(lambda: consultation(r)),
    "consultation number from one": lambda r: consultation(r, number=0),
    "consultation dates": lambda r: consultation(r, last_on=dt.date(2026, 11, 20)),
    "consultation sha256 whole": lambda r: consultation(r, sha256="0"),
    "broken off for a reason": lambda r: consultation(r, broken_off_on=DAY),
    "broken off before the end": lambda r: consultation(
        r, broken_off_on=dt.date(2026, 11, 22), broken_off_text_id=_text(r).id),
    "comment number once": _two_comments,
    "comment number from one": lambda r: comment(r, number=0),
    "comment channel known": lambda r: comment(r, channel="x"),
    "comment of a consultation": lambda r: comment(r, consultation_id=new_id()),
    "answer number once": _two_answers,
    "answer number from one": lambda r: answer(r, number=0),
    "answer outcome known": lambda r: answer(r, outcome="x"),
    # district and street
    "guard-rails once": lambda r: _twice(lambda: rails(r)),
    "guard-rails level known": lambda r: _of_a_county(r, rails),
    "guard-rails of their issuer": lambda r: rails(r, issuer_id=new_id()),
    "a street's guard-rails name it": lambda r: rails(r, level="street"),
    "guard-rails from one": lambda r: rails(r, version=0),
    "guard-rails sha256 whole": lambda r: rails(r, sha256="0"),
    "parent once": lambda r: _twice(lambda: parent(r)),
    "parent level known": lambda r: _of_a_county(r, parent),
    "parent of its issuer": lambda r: parent(r, issuer_id=new_id()),
    "parent from one": lambda r: parent(r, version=0),
    "issued sha256 whole": lambda r: parent(r, sha256="0"),
}  # fmt: skip
