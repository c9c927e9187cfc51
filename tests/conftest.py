"""How the suite runs; its fixtures stand in tests/support/fixtures.py."""

from __future__ import annotations

import gc
import warnings
from typing import Any

import pytest

gc.disable()


def pytest_configure(config: pytest.Config) -> None:
    """Import the application and the fixtures, but not to hand tests out to several workers.

    That process would hold the workers up for five seconds, and use nothing of it.
    """
    if config.getoption("dist", "no") == "no":
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            config.pluginmanager.import_plugin("tests.support.fixtures")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins early: in the end no worker waits half a minute for the other."""
    items.sort(
        key=lambda item: not {"long", "browser"} & {mark.name for mark in item.iter_markers()}
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out tests so that those which share a world or a server stay on one worker."""
    from tests.support.work_units import ByWorld

    return ByWorld(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_collection_finish() -> None:
    """What stays to the end, modules and ten thousand tests, is not searched for garbage."""
    gc.freeze()
    gc.set_threshold(20_000, 20)
    gc.enable()
