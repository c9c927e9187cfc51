"""A believable board, as the reading functions would return it. People are invented."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from kernel import clock, qr
from web.board import paper
from web.board.place_views import (
    BaseView,
    Clause,
    ClauseGroup,
    CommentView,
    CommunityCard,
    ConsultationLink,
    ConsultationPage,
    DistrictPage,
    MerchantPage,
    MerchantsPage,
    NotCarriedOver,
    OfferView,
    RulebookPage,
    StreetCard,
)  # fmt: skip
from web.board.ranking_views import Ranking, RankRow, Search, Unit
from web.board.views import (
    Clock,
    Community,
    CorrectedRow,
    Correction,
    DayCell,
    DeductionCount,
    MerchantTeaser,
    Notice,
    NoticeLine,
    NoticePage,
    NoticesPage,
    ObjectionPage,
    OpenObjections,
    Pages,
    Proof,
    RankingPage,
    RulebookLink,
    Totals,
    Upcoming,
)

MONTH = "2026-11"
TODAY = dt.date(2026, 12, 8)
DUE = clock.at(dt.date(2026, 12, 10), dt.time(18))
DIGEST = "3f9a71c208be5d40" + "0" * 48
REST_COUNT = 985

CELLS = tuple(
    DayCell(
        day=dt.date(2026, 12, day), is_working=day not in (5, 6), is_past=day < TODAY.day,
        is_today=day == TODAY.day, is_last=day == 10,
    )
    for day in range(4, 11)
)  # fmt: skip

CORRECTED = CorrectedRow(
    household_code="0611",
    label="郭*",
    score_before=Decimal(45),
    score_after=Decimal(47),
    rank_before=8,
    rank_after=7,
)
COMMUNITY = Community(
    code="yjyx",
    name="怡居苑西社区",
    street="桥西街街道",
    district="忻府区",
    brand="新晋邻",
    slogan="新晋邻·忻和美",
    committee="怡居苑西社区居民委员会",
    telephone="0350-555 0118",
    office="怡居苑西区南门党群服务中心一楼",
    opening_hours="工作日 8:30–18:00，周六 9:00–12:00",
    alliance="怡居苑西红色商业联盟",
)

_TOP = (
    (1, "张*", 5, "0508", "62"), (2, "李*", 2, "0216", "58.5"), (2, "王*", 7, "0733", "58.5"),
    (4, "陈*", 5, "0512", "55"), (5, "刘*", 1, "0109", "52"), (6, "赵*", 2, "0231", "49.5"),
    (7, "郭*", 6, "0611", "47"), (8, "杨*", 3, "0388", "45"), (8, "温*", 4, "0402", "45"),
    (10, "贺*", 8, "0820", "41"), (11, "邢*", 1, "0127", "38.5"), (12, "王*", 3, "0317", "36"),
)  # fmt: skip
MEMBERS = tuple(
    RankRow(
        rank=rank, label=label, grid_number=grid, household_code=household,
        score=Decimal(score), is_objected=household in ("0733", "0317"),
        is_corrected=household == "0611",
    )
    for rank, label, grid, household, score in _TOP
)  # fmt: skip
GRIDS = tuple(
    RankRow(rank=n, grid_number=grid, score=Decimal(score))
    for n, (grid, score) in enumerate(((5, "14.2"), (2, "13.8"), (7, "12.1")), start=1)
)
HOUSEHOLDS = tuple(
    RankRow(
        rank=row.rank,
        grid_number=row.grid_number,
        household_code=row.household_code,
        score=row.score,
    )
    for row in MEMBERS
)
RANKED = MEMBERS + tuple(
    RankRow(
        rank=n, label="武*", grid_number=4, household_code=f"04{n:02d}",
        score=Decimal("36") - n / Decimal(2),
    )
    for n in range(13, 52)
)  # fmt: skip
REST = tuple(
    RankRow(household_code=f"{1 + n // 125:02d}{n % 99:02d}", score=Decimal("10") + n % 7)
    for n in range(REST_COUNT)
)


def proof(state: Any = "as_printed") -> Proof:
    url = f"https://linli.example/c/yjyx/notices/{MONTH}"
    return Proof(url=url, qr_svg=qr.svg(url), digest=DIGEST, state=state)


def notice(**changes: Any) -> Notice:
    values: dict[str, Any] = {
        "month": MONTH,
        "document_number": "怡居苑西社区 公示〔2026〕11 号",
        "published_on": dt.date(2026, 12, 3),
        "sealed_on": None,
        "due_at_utc": DUE,
        "notice_working_days": 5,
        "clock": Clock(due_at_utc=DUE, working_days_left=3, cells=CELLS),
        "totals": Totals(
            members=1036,
            lines=2418,
            bonus=Decimal("5872.5"),
            deduction=Decimal(23),
            adjustments=6,
            adjusted_points=Decimal(120),
        ),
        "deductions": (
            DeductionCount(category="楼道堆放", count=14),
            DeductionCount(category="垃圾分类", count=9),
        ),
        "corrections": (
            Correction(
                number=1,
                published_on=dt.date(2026, 12, 8),
                rows=(
                    CorrectedRow(
                        household_code="0611",
                        label="郭*",
                        score_before=Decimal(45),
                        score_after=Decimal(47),
                        rank_before=8,
                        rank_after=7,
                    ),
                ),
            ),
        ),
        "objections": OpenObjections(count=2, reply_due_on=dt.date(2026, 12, 11)),
        "proof": proof(),
    }
    return Notice(**{**values, **changes})


def sealed_notice() -> Notice:
    return notice(sealed_on=dt.date(2026, 12, 11), clock=None)


def ranking(unit: Unit = "member") -> Ranking:
    rows, count = {
        "member": (MEMBERS, 1036),
        "household": (HOUSEHOLDS, 402),
        "grid": (GRIDS, 8),
    }[unit]
    return Ranking(
        month=MONTH, unit=unit, rows=rows, listed_count=count,
        top_count=None if unit == "grid" else 50, below_base_count=3 if unit == "member" else 0,
    )  # fmt: skip


MERCHANTS = (
    MerchantTeaser(code="laoxing", name="老邢家常菜", offer="60岁以上早餐 6:30–9:30",
                   points=Decimal(8)),
    MerchantTeaser(code="qingsi", name="青丝理发店", offer="老年理发，周一至周五",
                   points=Decimal(10)),
    MerchantTeaser(code="jinxian", name="晋鲜果蔬", offer="满 20 元减 5 元", points=Decimal(5)),
    MerchantTeaser(code="tianmai", name="甜麦蛋糕店", offer="六寸蛋糕九折", points=Decimal(12)),
)  # fmt: skip
RULEBOOK = RulebookLink(
    title="积分细则", version=2, adopted_on=dt.date(2026, 6, 18), adopted_at="居民议事会",
    item_count=46,
)  # fmt: skip


def notice_page(**changes: Any) -> NoticePage:
    values: dict[str, Any] = {
        "community": COMMUNITY,
        "notice": notice(),
        "ranking": ranking(),
        "search": None,
        "upcoming": None,
        "merchants": MERCHANTS,
        "merchant_count": 14,
        "rulebook": RULEBOOK,
    }
    return NoticePage(**{**values, **changes})


UPCOMING = Upcoming(month=MONTH, state="signed", earliest_freeze_on=dt.date(2026, 12, 1))


def empty_page() -> NoticePage:
    """The board before its first notice."""
    return notice_page(
        notice=None,
        ranking=None,
        upcoming=UPCOMING,
    )


def found(*rows: RankRow) -> Search:
    return Search(household="0317", surname="王", rows=rows)


def notices_page() -> NoticesPage:
    lines = tuple(
        NoticeLine(
            month=f"2026-{n:02d}", document_number=f"怡居苑西社区 公示〔2026〕{n} 号",
            published_on=dt.date(2026, n + 1, 4), is_sealed=n < 11, is_corrected=n == 9,
            due_on=DUE.date(),
        )
        for n in range(11, 5, -1)
    )  # fmt: skip
    return NoticesPage(community=COMMUNITY, lines=lines, pages=Pages(number=1, count=2))


def ranking_page(unit: Unit = "member", number: int = 1) -> RankingPage:
    found = ranking(unit)
    if unit == "member":
        rows = RANKED + REST[:49] if number == 1 else REST[49:149]
        found = Ranking(
            month=MONTH, unit=unit, rows=rows, listed_count=1036, top_count=50, below_base_count=3
        )
    pages = Pages(number=number, count=11 if unit == "member" else 1)
    return RankingPage(community=COMMUNITY, ranking=found, pages=pages)


def objection_page(notice_shown: Notice | None) -> ObjectionPage:
    return ObjectionPage(community=COMMUNITY, notice=notice_shown)


def print_page() -> paper.PrintPage:
    return paper.PrintPage(
        community=COMMUNITY, notice=notice(),
        **paper.laid_out(RANKED, REST),
        top_count=len(RANKED), rest_count=len(REST), below_base_count=3, rulebook=RULEBOOK,
    )  # fmt: skip


def district_page(search: str = "") -> DistrictPage:
    cards = (
        CommunityCard(code="yjyx", name="怡居苑西社区", on_notice_month=MONTH, due_on=DUE.date(),
                      sealed_month="2026-10", open_month="2026-12"),
        CommunityCard(code="jiuyuan", name="九源社区", on_notice_month=None, due_on=None,
                      sealed_month="2026-11", open_month="2026-12"),
        CommunityCard(code="longgang", name="龙岗社区", on_notice_month=None, due_on=None,
                      sealed_month=None, open_month="2026-12"),
    )  # fmt: skip
    streets = (
        StreetCard(name="桥西街街道", communities=cards[:1]),
        StreetCard(name="新建路街道", communities=cards[1:]),
    )
    kept = streets if not search else tuple(
        street for street in streets if any(search in card.name for card in street.communities)
    )  # fmt: skip
    return DistrictPage(
        name="忻府区", brand="新晋邻", slogan="新晋邻·忻和美", streets=kept, search=search,
        community_count=3,
    )  # fmt: skip


def merchants_page(search: str = "") -> MerchantsPage:
    shown = tuple(shop for shop in MERCHANTS if search in shop.name)
    return MerchantsPage(
        community=COMMUNITY, merchants=shown, search=search, pages=Pages(number=1, count=1),
    )  # fmt: skip


def merchant_page(**changes: Any) -> MerchantPage:
    values: dict[str, Any] = {
        "community": COMMUNITY, "code": "laoxing", "name": "老邢家常菜", "trade": "饭店",
        "address": "怡居苑西区南门 12 号", "telephone": "0350-555 0201",
        "opening_hours": "6:30–21:00",
        "offers": (
            OfferView(title="60岁以上早餐一份", points=Decimal(8), ordinary_price_cents=800,
                      alliance_price_cents=0, hours="6:30–9:30", limit_times=1, limit_period="day"),
            OfferView(title="满 50 元减 10 元", points=Decimal(10), ordinary_price_cents=5000,
                      alliance_price_cents=4050, hours="", limit_times=2, limit_period=None,
                      is_open_now=False),
        ),
    }  # fmt: skip
    return MerchantPage(**{**values, **changes})


CONSULTATION = ConsultationLink(
    id=uuid.UUID(int=7), title="居民积分细则（修订）", version=2, starts_on=dt.date(2026, 12, 1),
    last_on=dt.date(2026, 12, 15), standing="open", comment_count=23, answered_count=2,
)  # fmt: skip


def consultation_page(search: str = "") -> ConsultationPage:
    comments = (
        CommentView(number=1, item="XF-08 主动清理公共区域积雪", text="扫雪应当多给一点",
                    outcome="partly", answer="改为每次 1.5 分", answered_on=TODAY),
        CommentView(number=3, item=None, text=None, outcome="explained",
                    answer="扣分前先劝导", answered_on=TODAY),
    )  # fmt: skip
    rulebook = rulebook_page(search)
    kept = tuple(each for each in comments if search in f"{each.text}{each.answer}")
    return ConsultationPage(
        community=COMMUNITY, link=CONSULTATION, base=rulebook.base,
        header=rulebook.header, groups=rulebook.groups,
        item_count=22, comments=kept, pages=Pages(number=1, count=1), search=search,
    )  # fmt: skip


def rulebook_page(search: str = "") -> RulebookPage:
    clauses = (
        Clause(code="XF-05", name="社区志愿服务",
               sentence="居民做社区志愿服务，每小时 1 分，每天最多 4 小时；要有签到或照片。"),
        Clause(code="XF-08", name="主动清理公共区域积雪",
               sentence="居民主动清理公共区域积雪，每次 1 分，每天最多 1 次；要有照片。"),
    )  # fmt: skip
    kept = tuple(clause for clause in clauses if search in clause.name + clause.sentence)
    groups = (ClauseGroup(kind="bonus", title="志愿服务", clauses=kept),) if kept else ()
    return RulebookPage(
        community=COMMUNITY, title="居民积分细则（演示）", version=1,
        effective_from=dt.date(2026, 9, 1), adopted_on=dt.date(2026, 8, 20),
        adopted_at="居民议事会", source="框架取自忻府区“积分+商业联盟”做法",
        base=() if search else (
            BaseView(name="基础分", sentence="每人每月 10 分，从加入后的下个月起算。",
                     duties=("遵守居民公约", "配合社区网格登记", "参与垃圾分类")),),
        groups=groups,
        not_carried_over=() if search else (
            NotCarriedOver(clause="“屡教不改（2次以上）”", reason="由记录人写明已劝阻的事由"),),
        item_count=22, search=search, consultations=(CONSULTATION,),
        header=() if search else ("得分按月计算。", "审核通过就可以兑换，长期有效。"),
    )  # fmt: skip
