"""What is refused by name in the raw document, before its shape is looked at.

These refusals are built in and cannot be switched off by a rulebook or a guard-rail: points are
never for or against speech, petitions or relatives, and never reach into public benefits
(rulebook-format.md section 7). The schema refuses some of it too, but without saying why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from points.rules.findings import Finding, error, warning
from points.rules.places import Patterns

FORBIDDEN_SUBJECTS = frozenset(
    {
        "petition",
        "speech",
        "assembly",
        "religion",
        "family_planning",
        "relative_conduct",
        "public_service",
        "legal_remedy",
        "health_condition",
        "private_debt",
    }
)
#: A net under ``subject``, not a replacement: the panel sees the subject beside the text.
FORBIDDEN_WORDS = (
    "信访",
    "上访",
    "投诉",
    "举报",
    "检举",
    "起诉",
    "诉讼",
    "仲裁",
    "言论",
    "发帖",
    "集会",
    "游行",
    "示威",
    "罢工",
    "宗教",
    "信教",
    "低保",
    "医保",
    "社保",
    "养老金",
    "入学",
    "升学",
    "落户",
    "贷款",
    "亲属",
    "家属",
    "计划生育",
    "超生",
    "生育",
    "病史",
    "患病",
    "残疾",
    "欠债",
    "欠款",
)
_POINTS = Patterns.of(
    [
        "base.*.points",
        "items.*.award.points",
        "items.*.award.points.*",
        "items.*.award.min",
        "items.*.award.max",
        "items.*.award.*.*.points",
        "items.*.limits.*.max_points",
        "limits.*.max_points",
    ]
)
_QUANTITIES = Patterns.of(
    [
        "items.*.quantity.min",
        "items.*.quantity.max",
        "items.*.award.per",
        "items.*.award.bands.*.per",
        "items.*.award.steps.*.at",
        "items.*.award.then_every.quantity",
        "items.*.limits.*.max_quantity",
        "limits.*.max_quantity",
    ]
)
FORBIDDEN_EFFECTS = frozenset(
    {
        "blacklists",
        "deregisters",
        "withdraws_benefit",
        "limits_participation",
        "political_nomination",
    }
)


def named_refusals(document: Mapping[str, Any]) -> list[Finding]:
    """Tolerant of any shape: what is not where it belongs is left to the schema."""
    defaults = document.get("defaults")
    findings = [*_another_document(document)]
    if findings:
        return findings
    findings += [*_effects(document, ""), *_not_positive(document)]
    balance = document.get("balance")
    if isinstance(balance, dict) and balance.get("deductions") == "to_zero":
        findings += _to_zero(balance)
    for position, item in enumerate(_list(document.get("items")), start=1):
        if isinstance(item, dict):
            where = f"items[{item.get('code', position)}]"
            default = defaults.get(str(item.get("kind"))) if isinstance(defaults, dict) else None
            findings += _item(item, where, default if isinstance(default, dict) else {}, document)
    return findings


def _another_document(document: Mapping[str, Any]) -> Iterator[Finding]:
    if document.get("format") == "linli-guard-rails/1":
        yield error(
            "guard_rails_document",
            "format",
            "这是护栏文件，不是积分细则，请在护栏一处提交。",
            "These are guard-rails, not a rulebook; please hand them in as guard-rails.",
        )


def _not_positive(document: Mapping[str, Any]) -> Iterator[Finding]:
    """The schema refuses these numbers, too, but a minus is mostly a misunderstanding."""
    for patterns, code, zh, en in (
        (
            _POINTS,
            "points_not_positive",
            "分值写正数，加还是扣由“加扣”（kind）决定。",
            "Points are positive; kind says which way they count.",
        ),
        (_QUANTITIES, "quantity_not_positive", "数量应大于 0。", "Quantities are above 0."),
    ):
        for place, _ in patterns.found(document, _is_number_not_positive):
            yield error(code, place, zh, en)


def _is_number_not_positive(value: object) -> bool:
    return isinstance(value, int | Decimal) and value <= 0


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _to_zero(balance: Mapping[str, Any]) -> Iterator[Finding]:
    if balance.get("spendable_from") != "sealed":
        yield error(
            "to_zero_needs_sealed",
            "balance.deductions",
            "“扣到零为止”只能与“封账后才可兑换”一起用，否则结果取决于录入的先后。",
            "to_zero needs spendable_from sealed; otherwise the result hangs on the minute of "
            "recording.",
        )


def _effects(value: object, where: str) -> Iterator[Finding]:
    """A forbidden effect in any ``effects`` list; clauses left out may name them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            place = f"{where}.{key}" if where else str(key)
            if key == "effects":
                yield from _forbidden_effects(_list(inner), place)
            elif key != "not_carried_over":
                yield from _effects(inner, place)
    elif isinstance(value, list):
        for position, inner in enumerate(value, start=1):
            label: object = position
            if isinstance(inner, dict):
                label = inner.get("code", inner.get("name", position))
            yield from _effects(inner, f"{where}[{label}]")


def _forbidden_effects(effects: Iterable[object], place: str) -> Iterator[Finding]:
    for effect in effects:
        if isinstance(effect, str) and effect in FORBIDDEN_EFFECTS:
            yield error(
                "forbidden_effect",
                place,
                f"积分不得产生“{effect}”这样的后果（黑名单、取消待遇、限制参加活动等）。",
                f'Points must not have the effect "{effect}".',
            )


def _item(
    item: Mapping[str, Any], where: str, default: Mapping[str, Any], document: Mapping[str, Any]
) -> Iterator[Finding]:
    kind = item.get("kind")
    if isinstance(item.get("subject"), str) and item["subject"] in FORBIDDEN_SUBJECTS:
        yield error(
            "forbidden_subject",
            f"{where}.subject",
            f"积分不得涉及这类事项（{item['subject']}）。",
            f'Points must not be about "{item["subject"]}".',
        )
    yield from _words(item, where)
    yield from _only_on_deductions(item, where)
    if kind == "record" and "award" in item:
        yield error(
            "record_has_award",
            f"{where}.award",
            "“记录”不计分，请去掉分值。",
            "A record is worth nothing; please take the award out.",
        )
    if kind in ("bonus", "deduction") and "award" not in item:
        yield error("award_missing", where, "缺少分值。", "The award is missing.")
    if kind == "deduction":
        yield from _deduction(item, where, default, document)


def _words(item: Mapping[str, Any], where: str) -> Iterator[Finding]:
    texts = {key: item.get(key) for key in ("name", "category", "group")}
    award = item.get("award")
    points = award.get("points") if isinstance(award, dict) else None
    if isinstance(points, dict):
        texts["award.points"] = " ".join(str(level) for level in points)
    for key, text in texts.items():
        for word in FORBIDDEN_WORDS:
            if isinstance(text, str) and word in text:
                yield _word(word, f"{where}.{key}", item.get("kind"))


def _word(word: str, place: str, kind: object) -> Finding:
    if kind == "deduction":
        return error(
            "forbidden_subject_word",
            place,
            f"出现“{word}”：扣分不得涉及信访、言论、亲属、基本待遇等事项。",
            f'"{word}" stands here: no deduction may be about petitions, speech, relatives or '
            "basic benefits.",
        )
    return warning(
        "forbidden_subject_word",
        place,
        f"出现“{word}”：请确认不涉及信访、言论、亲属、基本待遇等事项。",
        f'"{word}" stands here: please make sure this is not about petitions, speech, relatives '
        "or basic benefits.",
    )


def _only_on_deductions(item: Mapping[str, Any], where: str) -> Iterator[Finding]:
    for key, zh in (("escalation", "递进"), ("veto", "一票否决"), ("recurs", "未改续扣")):
        if item.get(key) is not None and item.get("kind") == "bonus":
            yield error(
                f"{key}_only_on_deduction",
                f"{where}.{key}",
                f"“{zh}”只能用于扣分。",
                f"{key} is for deductions only.",
            )


def _deduction(
    item: Mapping[str, Any], where: str, default: Mapping[str, Any], document: Mapping[str, Any]
) -> Iterator[Finding]:
    allowed = {"actor", "household"} if document.get("holder") == "household" else {"actor"}
    if item.get("beneficiary", "actor") not in allowed or item.get("relations"):
        yield error(
            "deduction_on_relative",
            f"{where}.beneficiary",
            "扣分只能由行为人本人承担（户细则可记入户账户），不得扣亲属。",
            "A deduction reaches only the person who acted (or the household in a household "
            "rulebook), never relatives.",
        )
    if item.get("publication", default.get("publication")) == "named":
        yield error(
            "deduction_named",
            f"{where}.publication",
            "扣分只能匿名公布或不公布，不得署名。",
            "A deduction is published anonymously or not at all, never by name.",
        )
    name = item.get("name")
    if isinstance(name, str) and (name.startswith(("其他", "其它")) or "等行为" in name):
        yield warning(
            "catch_all_deduction",
            f"{where}.name",
            "兜底的扣分条款容易被滥用，请写明具体行为。",
            "A catch-all deduction is easily misused; please name the conduct.",
        )
