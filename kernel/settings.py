"""Settings from the environment. Production refuses demo secrets and the embedded engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from environs import Env

from kernel import file_settings, push_settings
from kernel.file_settings import FileSettings
from kernel.push_settings import PushSettings

DEMO_SECRET = "demo-only-this-is-not-a-secret-0000"  # noqa: S105 - refused in production
WECHAT_API = "https://api.weixin.qq.com"
SHORTEST_SECRET = 32
#: A slip of the keyboard must not erase what nothing brings back.
FEWEST_LEAVERS_DAYS = 30


class Environment(StrEnum):
    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class SettingsRefused(Exception):
    """The process must not start with these settings; the text names each reason."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between installations. Secrets never appear in ``repr``."""

    environment: Environment = Environment.DEMO
    database_url: str = field(default="sqlite:///var/linli.db", repr=False)
    #: The owner of the tables; migrations and grants run as this role.
    migration_database_url: str = field(default="sqlite:///var/linli.db", repr=False)
    #: Signs cookies and forms.
    secret_key: str = field(default=DEMO_SECRET, repr=False)
    #: Keys the HMAC of redemption codes, sign-in tokens and slips.
    code_key: str = field(default=DEMO_SECRET, repr=False)
    #: The address people type and codes carry, without a trailing slash.
    public_base_url: str = "http://127.0.0.1:8000"
    wechat_base_url: str = WECHAT_API
    wechat_appid: str = "demo-appid"
    wechat_secret: str = field(default=DEMO_SECRET, repr=False)
    wechat_redeemed_template: str = ""
    wechat_claim_template: str = ""
    wechat_card_template: str = ""
    #: How WeChat pushes to us; photos are sent to its check only where there is a token.
    push: PushSettings = field(default_factory=PushSettings)
    #: Where private files lie.
    files: FileSettings = field(default_factory=FileSettings)
    #: How many claims a member may send in a day.
    claims_per_day: int = 5
    #: How long a photo of a claim is kept, so that a year's objections can still look at it.
    photos_kept_days: int = 400
    #: How long texts, photos and the name of somebody who left are kept: half a year in which
    #: what is still open can be asked about, and no longer than that.
    leavers_kept_days: int = 180
    #: Where per-address rate limits are counted: "memory://" or a Redis/Valkey URL.
    rate_limit_storage: str = "memory://"
    threads: int = 8
    #: Moves the clock of this process, so that a test can live through a month in a minute.
    clock_offset_seconds: int = 0
    #: How many reverse proxies in front of us may be believed about the caller's address.
    trusted_proxies: int = 0

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def screens_photos(self) -> bool:
        """Whether WeChat's content check can be asked, and its answer reach us."""
        return bool(self.wechat_appid and self.push.token)

    def refuse_unsafe(self) -> None:
        """Raise SettingsRefused for what works nowhere, and when production would run with
        anything meant for the demo.
        """
        reasons = self.push.why_unusable()
        if self.environment is Environment.PRODUCTION:
            reasons += self._why_unsafe()
        if reasons:
            raise SettingsRefused("; ".join(reasons))

    def _why_unsafe(self) -> list[str]:
        reasons = [
            f"{name} is missing, too short or the demo value"
            for name, secret in (
                ("LINLI_SECRET_KEY", self.secret_key),
                ("LINLI_CODE_KEY", self.code_key),
                ("WECHAT_SECRET", self.wechat_secret),
            )
            if secret == DEMO_SECRET or len(secret) < SHORTEST_SECRET
        ]
        if self.secret_key == self.code_key:
            reasons.append("LINLI_SECRET_KEY and LINLI_CODE_KEY must differ")
        reasons += self.push.why_unsafe()
        if self.leavers_kept_days < FEWEST_LEAVERS_DAYS:
            reasons.append(f"LINLI_LEAVERS_KEPT_DAYS must be at least {FEWEST_LEAVERS_DAYS}")
        reasons += self.files.why_unsafe()
        if self.is_sqlite:
            reasons.append("DATABASE_URL must be PostgreSQL")
        if self.database_url == self.migration_database_url:
            reasons.append("DATABASE_URL must be the role app, MIGRATION_DATABASE_URL the owner")
        if self.wechat_base_url != WECHAT_API:
            reasons.append(f"WECHAT_BASE_URL must be {WECHAT_API}")
        if self.clock_offset_seconds:
            reasons.append("LINLI_CLOCK_OFFSET_SECONDS moves the clock and is for tests only")
        if not self.public_base_url.startswith("https://"):
            reasons.append("PUBLIC_BASE_URL must start with https://")
        return reasons


def sqlalchemy_url(url: str) -> str:
    """Name the driver that we ship: psycopg for PostgreSQL."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def from_environ(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; ``environ`` replaces the process environment (for tests)."""
    env = Env()
    read = env.str if environ is None else environ.get
    database_url = sqlalchemy_url(read("DATABASE_URL", f"sqlite:///{_default_database()}"))
    return Settings(
        environment=Environment(read("LINLI_ENV", Environment.DEMO.value)),
        database_url=database_url,
        migration_database_url=sqlalchemy_url(read("MIGRATION_DATABASE_URL", database_url)),
        secret_key=read("LINLI_SECRET_KEY", DEMO_SECRET),
        code_key=read("LINLI_CODE_KEY", DEMO_SECRET),
        public_base_url=read("PUBLIC_BASE_URL", f"http://127.0.0.1:{read('PORT', '8000')}").rstrip(
            "/"
        ),
        wechat_base_url=read("WECHAT_BASE_URL", WECHAT_API),
        wechat_appid=read("WECHAT_APPID", "demo-appid"),
        wechat_secret=read("WECHAT_SECRET", DEMO_SECRET),
        wechat_redeemed_template=read("WECHAT_REDEEMED_TEMPLATE", ""),
        wechat_claim_template=read("WECHAT_CLAIM_TEMPLATE", ""),
        wechat_card_template=read("WECHAT_CARD_TEMPLATE", ""),
        push=push_settings.read(read),
        files=file_settings.read(read),
        claims_per_day=int(read("LINLI_CLAIMS_PER_DAY", "5")),
        photos_kept_days=int(read("LINLI_PHOTOS_KEPT_DAYS", "400")),
        leavers_kept_days=int(read("LINLI_LEAVERS_KEPT_DAYS", "180")),
        rate_limit_storage=read("RATE_LIMIT_STORAGE", "memory://"),
        threads=int(read("LINLI_THREADS", "8")),
        clock_offset_seconds=int(read("LINLI_CLOCK_OFFSET_SECONDS", "0")),
        trusted_proxies=int(read("LINLI_TRUSTED_PROXIES", "0")),
    )


def _default_database() -> Path:
    return Path(__file__).resolve().parent.parent / "var" / "linli.db"
