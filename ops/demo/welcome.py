"""What ``make run`` prints at last: addresses, logins by role, a fresh token for each role."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import current_app

from community import places, role_rules, signing_in
from community.errors import AccountDisabled, SignInRefused
from community.role_names import RoleName
from kernel import clock, http
from kernel.access import Place
from kernel.errors import NotFound
from kernel.settings import Environment, Settings
from merchants import alliance
from ops.demo import sights
from ops.demo.founding import DEMO_PASSWORD
from ops.demo.moving_played import PROXY_LOGIN

Echo = Callable[[str], object]
#: Role → logins: the first one gets a token.
LOGINS: tuple[tuple[RoleName, tuple[str, ...]], ...] = (
    (RoleName.MEMBER, ("yjyx-resident", PROXY_LOGIN, "jiuyuan-resident", "longgang-resident")),
    (RoleName.GRID_WORKER, ("yjyx-grid1", "yjyx-grid2", "jiuyuan-grid1")),
    (RoleName.PANELIST, ("yjyx-panel1", "yjyx-panel2", "yjyx-panel3")),
    (RoleName.SUPERVISOR, ("yjyx-super1", "yjyx-super2")),
    (RoleName.COMMUNITY_ADMIN, ("yjyx-admin", "jiuyuan-admin", "jianbei-admin")),
    (RoleName.STREET_OFFICER, ("qiaoxi-officer", "xinjianlu-officer")),
    (RoleName.DISTRICT_OFFICER, ("xinfu-officer",)),
    (RoleName.AUDITOR, ("xinfu-auditor",)),
    (RoleName.MERCHANT_OWNER, ("laoxing-owner", "jiajiale-owner", "hexing-owner")),
    (RoleName.MERCHANT_CLERK, ("laoxing-clerk", "jiajiale-clerk", "hexing-clerk")),
    (RoleName.OPERATOR, ("operator",)),
)
#: The shop at which the tokens of owner and clerk work.
COMMUNITY, SHOP = "yjyx", "laoxing"
TITLE_WIDTH, LOGIN_WIDTH, SIGHT_WIDTH = 16, 18, 33


@dataclass(frozen=True, kw_only=True)
class DemoLogins:
    """What the sign-in page of a demo shows: (title of a role, login names), one password."""

    password: str
    logins: tuple[tuple[str, tuple[str, ...]], ...]


def demo_logins() -> DemoLogins:
    """The demo's logins by role, as they are printed at the start."""
    return DemoLogins(
        password=DEMO_PASSWORD,
        logins=tuple((role_rules.TITLES[role], logins) for role, logins in LOGINS),
    )


def show(*, echo: Echo) -> None:
    """Print addresses, logins and tokens; each token is a real sign-in, valid from now."""
    settings: Settings = current_app.config["LINLI"]
    if settings.environment is Environment.PRODUCTION:
        raise RuntimeError("demo logins do not belong into production")
    for line in (
        *_addresses(settings.public_base_url),
        *_sights(settings.public_base_url),
        *_people(),
        *_farewell(),
    ):
        echo(line)


def _addresses(base: str) -> Iterator[str]:
    yield ""
    yield "Linli 邻里积分 · 正在启动 · starting"
    yield f"  {_padded('公示栏 board', TITLE_WIDTH)}{base}/"
    for each in places.overview():
        community = each.community
        yield f"  {_padded('', TITLE_WIDTH)}{base}/c/{community.code}/  {community.name}"
    yield f"  {_padded('接口 API', TITLE_WIDTH)}{base}{http.API_PREFIX}/docs"
    yield ""
    yield "页面 · pages（先在 /sign-in 登录 sign in first）"
    for what, login, path in _pages():
        yield f"  {_padded(what, SIGHT_WIDTH)}{_padded(login, LOGIN_WIDTH)}{base}{path}"


def _pages() -> Iterator[tuple[str, str, str]]:
    """(what, login, path): where the three ways to redeem can be tried."""
    yield "登录 sign in", "", "/sign-in"
    yield "居民手机 a member's phone", "yjyx-resident", f"/me/{COMMUNITY}"
    yield "家人代办 acting as a proxy", PROXY_LOGIN, f"/me/{COMMUNITY}"
    yield "店里的码 a shop's standing QR", "yjyx-resident", f"/m/{COMMUNITY}/{SHOP}"
    yield "收银台 counter", f"{SHOP}-clerk", "/counter"
    yield "桌贴和 A4，可打印 to print", f"{SHOP}-owner", f"/shops/{COMMUNITY}/{SHOP}/sheet"
    yield "社区窗口 office", f"{COMMUNITY}-admin", f"/office/{COMMUNITY}"


def _sights(base: str) -> Iterator[str]:
    yield ""
    yield "看什么 · what to look at（“公开”不用登录；/api 的地址要带令牌 with a token）"
    for each in sights.sights(clock.now()):
        who = _padded(each.login or "公开 public", LOGIN_WIDTH)
        yield f"  {_padded(each.what, SIGHT_WIDTH)}{who}{base}{each.path}"


def _people() -> Iterator[str]:
    """Logins by role, then a token for each; "—" where the demo's people are not here."""
    yield ""
    yield f"演示账号 · demo logins，密码 password {DEMO_PASSWORD}"
    for role, logins in LOGINS:
        yield f"  {_padded(role_rules.TITLES[role], TITLE_WIDTH)}{'  '.join(logins)}"
    person = LOGINS[0][1][0]
    yield f"  微信沙箱 WeChat sandbox：wx.login 的 code 写 demo-{person} 即以此人登录，一码一次"
    yield f"    又一次 once more：demo-{person}.2"
    yield ""
    yield "令牌 · bearer tokens（Authorization: Bearer …，员工 12 小时，居民 30 天）"
    for role, logins in LOGINS:
        token = _token(role, logins[0])
        yield f"  {_padded(role.value, LOGIN_WIDTH)}{_padded(logins[0], LOGIN_WIDTH)}{token}"


def _farewell() -> Iterator[str]:
    yield ""
    yield "停止 Ctrl-C · stop with Ctrl-C"
    yield "另开一个终端：make demo-month 按接口走完一个月 · plays a whole month over HTTP"
    yield "重新开始：make clean-demo 后再 make run · start afresh"
    yield ""


def _token(role: RoleName, login: str) -> str:
    is_shop = role in signing_in.MERCHANT_ROLES
    try:
        signed_in = signing_in.sign_in(
            login_name=login,
            password=DEMO_PASSWORD,
            now=clock.now(),
            table=http.hooks().roles,
            counter=_counter() if is_shop else None,
        )
    except (SignInRefused, AccountDisabled, NotFound):
        return "—"
    return signed_in.token


def _counter() -> Place:
    community_id = places.community_by_code(COMMUNITY).id
    merchant = alliance.merchant_by_code(community_id, SHOP)
    return Place(community_id=community_id, merchant_id=merchant.id)


def _padded(text: str, width: int) -> str:
    """Chinese characters take two columns."""
    columns = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
    return text + " " * max(1, width - columns)
