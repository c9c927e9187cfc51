import dataclasses

import pytest

from kernel.settings import (
    DEMO_SECRET,
    Environment,
    Settings,
    SettingsRefused,
    from_environ,
    sqlalchemy_url,
)

SAFE = Settings(
    environment=Environment.PRODUCTION,
    database_url="postgresql+psycopg://app@/linli",
    migration_database_url="postgresql+psycopg://migrator@/linli",
    secret_key="s" * 40,
    code_key="c" * 40,
    wechat_secret="w" * 32,
    public_base_url="https://linli.example",
)


def test_safe_production_settings_pass() -> None:
    SAFE.refuse_unsafe()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"secret_key": DEMO_SECRET}, "LINLI_SECRET_KEY"),
        ({"secret_key": "short"}, "LINLI_SECRET_KEY"),
        ({"code_key": DEMO_SECRET}, "LINLI_CODE_KEY"),
        ({"code_key": "s" * 40}, "differ"),
        ({"wechat_secret": DEMO_SECRET}, "WECHAT_SECRET"),
        ({"database_url": "sqlite:///x.db"}, "PostgreSQL"),
        ({"migration_database_url": SAFE.database_url}, "owner"),
        ({"wechat_base_url": "http://127.0.0.1:9"}, "WECHAT_BASE_URL"),
        ({"public_base_url": "http://linli.example"}, "https"),
        ({"clock_offset_seconds": 60}, "LINLI_CLOCK_OFFSET_SECONDS"),
    ],
)
def test_production_refuses_what_is_meant_for_the_demo(
    change: dict[str, object], named: str
) -> None:
    with pytest.raises(SettingsRefused, match=named):
        dataclasses.replace(SAFE, **change).refuse_unsafe()  # type: ignore[arg-type]


def test_the_demo_runs_with_the_defaults() -> None:
    settings = from_environ({})
    assert settings.environment is Environment.DEMO
    assert settings.is_sqlite
    settings.refuse_unsafe()


def test_the_environment_is_read() -> None:
    settings = from_environ(
        {
            "DATABASE_URL": "postgres://app@db/linli",
            "PORT": "9001",
            "LINLI_ENV": "test",
            "LINLI_CLOCK_OFFSET_SECONDS": "-86400",
        }
    )
    assert settings.database_url == "postgresql+psycopg://app@db/linli"
    assert settings.public_base_url == "http://127.0.0.1:9001"
    assert settings.clock_offset_seconds == -86400


def test_secrets_are_not_in_the_representation() -> None:
    assert "s" * 40 not in repr(SAFE)
    assert "postgresql" not in repr(SAFE)


def test_other_urls_stay_as_they_are() -> None:
    assert sqlalchemy_url("sqlite:///a.db") == "sqlite:///a.db"
