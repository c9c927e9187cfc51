"""Random documents of the right shape, drawn from the schema itself.

Every field, every branch and every optional part of the schema turns up, whether or not the whole
makes sense as a rulebook: what a workbook may lose is found here.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from points.rules.schema import schema_findings
from tests.unit.points_rules.books import ROOT

_PATH = ROOT / "points/rulebook_data/rulebook.schema.json"
_DEFS: dict[str, Any] = json.loads(_PATH.read_text("utf-8"))["$defs"]

#: Names that a cell could take for something else.
_NAMES = [
    "一般",
    "较重",
    "100—200人",
    "无",
    "每次",
    "满员",
    "第1名",
    "以后每天",
    "5",
    "5起",
    "1~2",
    "轻（首次）",
    "甲；乙",
    "甲、乙，丙",
    "「引号」",
    "｢半角｣引号",
    "a\\b",
    " 前后空格 ",
    "两\n行",
    "回车\r\n",
    "=1+1",
    "-5",
    "_x000D_",
    "x005F_",
    "Ａ全角",
    "得分",
    "制表\t",
    "\ue000",
    "null",
    "加分默认",
]
_CODES = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,8}\Z")
_PATTERNS = {
    "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$": _CODES,
    "^[a-z][a-z0-9_]{0,39}$": st.sampled_from(["party_member", "recorder", "resident", "x_1"]),
    "^\\d{4}-\\d{2}-\\d{2}$": st.dates(min_value=dt.date(1000, 1, 1)).map(str),
    "^\\d{4}-\\d{2}-01$": st.dates(min_value=dt.date(1000, 1, 1)).map(
        lambda day: str(day.replace(day=1))
    ),
    "^(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$": st.sampled_from(["01-10", "12-31"]),
    "^(\\*bonus|\\*deduction|group:.+|[A-Za-z0-9][A-Za-z0-9._-]{0,39})$": st.one_of(
        st.sampled_from(["*bonus", "*deduction", "group:甲", "group:a、b；「c」", "group:无"]),
        _CODES,
    ),
}
_TEXTS = st.one_of(st.sampled_from(_NAMES), st.text(min_size=1, max_size=12))
_LONGEST_LIST = 3


def _text(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "pattern" in schema:
        return _PATTERNS[schema["pattern"]]
    longest, shortest = schema.get("maxLength", 400), schema.get("minLength", 0)
    return _TEXTS.filter(
        lambda text: (
            shortest <= len(text) <= longest
            and "\x00" not in text
            and not any("\ud800" <= character <= "\udfff" for character in text)
        )
    )


def _number(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    least = schema.get("minimum", schema.get("exclusiveMinimum", -1000))
    most = schema.get("maximum", 10**6)
    if schema["type"] == "integer":
        return st.integers(least, most)
    tenths = st.decimals(least, most, places=1, allow_nan=False, allow_infinity=False)
    odd = st.sampled_from([Decimal("1E+3"), Decimal("0.05"), Decimal("2.0"), 1])
    return st.one_of(tenths, st.integers(least, most), odd).filter(
        lambda number: number > schema.get("exclusiveMinimum", number - 1) and number <= most
    )


@st.composite
def _array(draw: st.DrawFn, schema: dict[str, Any]) -> list[Any]:
    shortest = schema.get("minItems", 0)
    longest = max(shortest, min(_LONGEST_LIST, schema.get("maxItems", _LONGEST_LIST)))
    drawn = draw(st.lists(of(schema["items"]), min_size=shortest, max_size=longest))
    if schema.get("uniqueItems"):
        drawn = [each for place, each in enumerate(drawn) if each not in drawn[:place]]
    return drawn


@st.composite
def _object(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    properties, required = schema.get("properties", {}), set(schema.get("required", ()))
    if "oneOf" in schema:  # exactly one of several fields
        branches = [branch["required"][0] for branch in schema["oneOf"]]
        kept = draw(st.sampled_from(branches))
        properties = {k: v for k, v in properties.items() if k not in branches or k == kept}
        required.add(kept)
    if not properties:
        names = _text(schema["propertyNames"])
        return draw(
            st.dictionaries(
                names,
                of(schema["additionalProperties"]),
                min_size=schema["minProperties"],
                max_size=4,
            )
        )
    names = [name for name in properties if name in required or draw(st.booleans())]
    missing = [name for name in properties if name not in names]
    names += missing[: max(0, schema.get("minProperties", 0) - len(names))]
    return {name: draw(of(properties[name])) for name in names}


#: By the identity of the schema, a part of ``_DEFS``: made anew for every value that is drawn,
#: strategies would take most of the time.
_made: dict[int, st.SearchStrategy[Any]] = {}


def of(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a schema; what crosses fields (``not``, ``if``) is left to the caller's filter."""
    if id(schema) not in _made:
        _made[id(schema)] = _strategy(schema)
    return _made[id(schema)]


def _strategy(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return of(_DEFS[schema["$ref"].rsplit("/", 1)[1]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "oneOf" in schema and "properties" not in schema:
        return st.one_of([of(branch) for branch in schema["oneOf"]])
    kinds = {
        "string": _text,
        "number": _number,
        "integer": _number,
        "array": _array,
        "object": _object,
        "boolean": lambda _schema: st.booleans(),
        "null": lambda _schema: st.none(),
    }
    return kinds[schema["type"]](schema)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents that pass the schema: parts that do not are left out one by one."""
    document = draw(_object(_DEFS["rulebook"]))
    document["items"] = [_mended(each) for each in document["items"]] or [_ITEM]
    for table in ("tiers", "rankings"):
        if table in document:
            document[table] = [each for each in document[table] if _fits({table: [each]})]
    for key in ("balance", "defaults"):
        if key in document and not _fits({key: document[key]}):
            del document[key]
    assert schema_findings(document) == []
    return document


_ITEM = {"code": "A", "name": "甲", "kind": "record", "subject": "other"}
_WHOLE = {
    "format": "linli-rulebook/1",
    "code": "a",
    "version": 1,
    "title": "a",
    "effective_from": "2026-01-01",
    "holder": "member",
    "base": [],
    "score": {"over": "month"},
    "items": [_ITEM],
    "not_carried_over": [],
}


def _fits(part: dict[str, Any]) -> bool:
    return not schema_findings({**_WHOLE, **part})


def _mended(item: dict[str, Any]) -> dict[str, Any]:
    """Fields that do not go together are taken out until the item passes."""
    if item["kind"] == "record":
        item.pop("award", None)
    else:
        item.setdefault("award", {"type": "fixed", "points": 1})
    for key in ("veto", "recurs", "escalation", "beneficiary", "publication", "quantity", "award"):
        if _fits({"items": [item]}):
            break
        if key == "award" and item["kind"] != "record":
            item["award"] = {"type": "fixed", "points": 1}
        else:
            item.pop(key, None)
    return item
