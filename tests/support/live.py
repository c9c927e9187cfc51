"""The real server over a test's settings: gunicorn with the real configuration."""

from __future__ import annotations

from kernel.settings import Settings
from ops.demo.throwaway_server import ThrowawayServer, free_port

__all__ = ["environment_of", "free_port", "live_server"]


def live_server(settings: Settings) -> ThrowawayServer:
    """A context manager that serves ``app:create_app()`` and yields its address."""
    return ThrowawayServer(environment_of(settings))


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings of a test as the environment of a process."""
    return {
        "LINLI_ENV": settings.environment.value,
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": settings.migration_database_url,
        "LINLI_SECRET_KEY": settings.secret_key,
        "LINLI_CODE_KEY": settings.code_key,
    }
