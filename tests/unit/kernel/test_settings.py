import dataclasses
from pathlib import Path

import pytest

from kernel.file_settings import DEMO_STORE_SECRET, FileSettings, StoreKind
from kernel.push_settings import EXAMPLE_AES_KEY, PushMode, PushSettings
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


BUCKET = FileSettings(
    store=StoreKind.S3,
    s3_bucket="linli",
    s3_endpoint="https://store.example",
    s3_access_key="key",
    s3_secret_key="k" * 20,
)

SAFE_PUSH = PushSettings(token="t" * 16, aes_key="Key4" * 10 + "abc", mode=PushMode.SAFE)


@pytest.mark.parametrize(
    "push",
    [
        PushSettings(),
        PushSettings(token="t" * 16),
        SAFE_PUSH,
        dataclasses.replace(SAFE_PUSH, mode=PushMode.PLAIN),
    ],
    ids=["none", "plain", "safe", "plain although there is a key"],
)
def test_safe_production_settings_pass(push: PushSettings) -> None:
    dataclasses.replace(SAFE, files=BUCKET, push=push).refuse_unsafe()


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
        ({"push": PushSettings(token="short")}, "WECHAT_PUSH_TOKEN"),
        ({"push": dataclasses.replace(SAFE_PUSH, token="")}, "WECHAT_PUSH_TOKEN"),
        ({"push": dataclasses.replace(SAFE_PUSH, aes_key=EXAMPLE_AES_KEY)}, "AES_KEY is the exa"),
        ({"leavers_kept_days": 18}, "LINLI_LEAVERS_KEPT_DAYS"),
        ({"files": FileSettings(folder=Path("var"))}, "LINLI_FILES_FOLDER"),
        ({"files": dataclasses.replace(BUCKET, s3_bucket="")}, "LINLI_FILES_S3_BUCKET"),
        ({"files": dataclasses.replace(BUCKET, s3_access_key="")}, "LINLI_FILES_S3_ACCESS_KEY"),
        ({"files": dataclasses.replace(BUCKET, s3_secret_key=DEMO_STORE_SECRET)}, "S3_SECRET_KEY"),
        ({"files": dataclasses.replace(BUCKET, s3_secret_key="short")}, "S3_SECRET_KEY"),
        ({"files": dataclasses.replace(BUCKET, s3_endpoint="http://store.example")}, "https"),
    ],
)
def test_production_refuses_what_is_meant_for_the_demo(
    change: dict[str, object], named: str
) -> None:
    with pytest.raises(SettingsRefused, match=named):
        dataclasses.replace(SAFE, **change).refuse_unsafe()  # type: ignore[arg-type]


@pytest.mark.parametrize("environment", [Environment.PRODUCTION, Environment.DEMO])
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"aes_key": ""}, "WECHAT_PUSH_MODE"),
        ({"aes_key": "a" * 42}, "WECHAT_PUSH_AES_KEY"),
        ({"aes_key": "a" * 44}, "WECHAT_PUSH_AES_KEY"),
        ({"aes_key": "a" * 42 + "="}, "WECHAT_PUSH_AES_KEY"),
        ({"aes_key": "a" * 42 + "é"}, "WECHAT_PUSH_AES_KEY"),
        ({"aes_key": "a" * 43 + "\n"}, "WECHAT_PUSH_AES_KEY"),
        ({"aes_key": "a" * 42, "mode": PushMode.PLAIN}, "WECHAT_PUSH_AES_KEY"),
    ],
    ids=["missing", "short", "long", "padded", "no letter", "a line more", "plain"],
)
def test_a_key_that_opens_nothing_is_refused_everywhere(
    environment: Environment, change: dict[str, str], named: str
) -> None:
    push = dataclasses.replace(SAFE_PUSH, **change)  # type: ignore[arg-type]
    with pytest.raises(SettingsRefused, match=named) as caught:
        dataclasses.replace(SAFE, environment=environment, push=push).refuse_unsafe()
    assert "aaaa" not in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "mode"),
    [
        ({}, PushMode.PLAIN),
        ({"WECHAT_PUSH_TOKEN": "t"}, PushMode.PLAIN),
        ({"WECHAT_PUSH_AES_KEY": "k"}, PushMode.SAFE),
        ({"WECHAT_PUSH_AES_KEY": "k", "WECHAT_PUSH_MODE": ""}, PushMode.SAFE),
        ({"WECHAT_PUSH_AES_KEY": "k", "WECHAT_PUSH_MODE": "plain"}, PushMode.PLAIN),
        ({"WECHAT_PUSH_MODE": "safe"}, PushMode.SAFE),
    ],
)
def test_pushes_are_safe_where_there_is_a_key(variables: dict[str, str], mode: PushMode) -> None:
    push = from_environ(variables).push
    assert push.mode is mode
    assert push.token == variables.get("WECHAT_PUSH_TOKEN", "")
    assert push.aes_key == variables.get("WECHAT_PUSH_AES_KEY", "")


def test_a_mode_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="WECHAT_PUSH_MODE is plain or safe"):
        from_environ({"WECHAT_PUSH_MODE": "compatible"})


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
    shown = repr(dataclasses.replace(SAFE, push=SAFE_PUSH))
    assert not any(secret in shown for secret in (SAFE_PUSH.token, SAFE_PUSH.aes_key))


def test_other_urls_stay_as_they_are() -> None:
    assert sqlalchemy_url("sqlite:///a.db") == "sqlite:///a.db"


def test_where_files_lie_is_read_and_kept_out_of_repr() -> None:
    files = from_environ(
        {
            "LINLI_FILES_STORE": "s3",
            "LINLI_FILES_S3_BUCKET": "photos",
            "LINLI_FILES_S3_ENDPOINT": "https://store.example",
            "LINLI_FILES_S3_REGION": "cn-north-1",
            "LINLI_FILES_S3_ACCESS_KEY": "key",
            "LINLI_FILES_S3_SECRET_KEY": "very-secret-key-of-the-store",
        }
    ).files
    assert (files.store, files.s3_bucket) == (StoreKind.S3, "photos")
    assert (files.s3_region, files.s3_access_key) == ("cn-north-1", "key")
    assert "very-secret" not in repr(files)
    assert from_environ({"LINLI_FILES_FOLDER": "/srv/files"}).files.folder == Path("/srv/files")
    assert from_environ({}).files.store is StoreKind.FOLDER
    with pytest.raises(ValueError, match="ftp"):
        from_environ({"LINLI_FILES_STORE": "ftp"})
