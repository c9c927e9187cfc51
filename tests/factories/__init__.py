"""Every factory of every package, reached through the one ``factories`` fixture.

``CommunityFactory`` in any module here is ``factories.community``.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from types import SimpleNamespace

from tests.factories.base import RowFactory


def all_factories() -> SimpleNamespace:
    """The factories of all modules by their names in snake_case."""
    return SimpleNamespace(**_collected())


@functools.cache
def _collected() -> dict[str, type[RowFactory]]:
    found: dict[str, type[RowFactory]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for name, value in vars(module).items():
            is_factory = isinstance(value, type) and issubclass(value, RowFactory)
            if is_factory and value is not RowFactory and not value._meta.abstract:
                short = re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Factory")).lower()
                found[short] = value
    return found
