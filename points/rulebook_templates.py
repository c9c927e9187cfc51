"""Published rulebooks as templates of the product: a draft to begin with, never in force by itself.

Each is a document of ``rulebook_data/templates`` with the facts of its source; what the source
leaves open stands beside it as decisions that a community takes before it adopts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from kernel.errors import NotFound
from points.rules.document import parse

_DECISIONS = ".decisions.json"


class TemplateUnknown(NotFound):
    code = "template_unknown"
    zh = "没有编号为“{template}”的细则模板，请从模板目录中选择。"
    en = 'There is no rulebook template "{template}"; please choose one of the catalogue.'


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One thing the source leaves open, and what the template writes meanwhile.

    ``about`` is the code of an item or a field of the document's header.
    """

    about: str
    question_zh: str
    question_en: str
    proposed: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Template:
    """``source`` names title, publisher and, where there is one, address.

    ``document`` is the caller's own copy, as :func:`points.rules.document.parse` gives it;
    ``text`` is the file it came from.
    """

    code: str
    title: str
    place: str
    holder: str
    item_count: int
    source: str
    decisions: tuple[Decision, ...]
    text: str = field(repr=False)

    @property
    def document(self) -> dict[str, Any]:
        return parse(self.text)


@cache
def templates() -> tuple[Template, ...]:
    """All templates, by code; read once."""
    documents = (file for file in _folder().iterdir() if _is_document(file.name))
    return tuple(sorted((_read(file) for file in documents), key=lambda each: each.code))


def template(code: str) -> Template:
    """Raises TemplateUnknown."""
    found = _by_code().get(code)
    if found is None:
        raise TemplateUnknown(field="template", template=code)
    return found


@cache
def _by_code() -> Mapping[str, Template]:
    return {each.code: each for each in templates()}


def _folder() -> Traversable:
    return files("points").joinpath("rulebook_data/templates")


def _is_document(name: str) -> bool:
    return name.endswith(".json") and not name.endswith(_DECISIONS)


def _read(file: Traversable) -> Template:
    text = file.read_text(encoding="utf-8")
    document = parse(text)
    decisions = _folder().joinpath(f"{document['code']}{_DECISIONS}")
    return Template(
        code=document["code"],
        title=document["title"],
        place=document["place"],
        holder=document["holder"],
        item_count=len(document["items"]),
        source=document["source"],
        decisions=tuple(
            Decision(**each) for each in json.loads(decisions.read_text(encoding="utf-8"))
        ),
        text=text,
    )
