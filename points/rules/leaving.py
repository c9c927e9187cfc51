"""What becomes of the points of somebody who left: one table, pure."""

from __future__ import annotations

#: (the community's setting, is there an heir, is there a community to carry them to) → choice
_CHOICES: dict[tuple[str | None, bool, bool], str] = {
    ("expires", False, False): "expires",
    ("expires", False, True): "expires",
    ("expires", True, False): "expires",
    ("expires", True, True): "expires",
    ("household", False, False): "expires",
    ("household", False, True): "expires",
    ("household", True, False): "household",
    ("household", True, True): "household",
    ("carried_over", False, False): "expires",
    ("carried_over", False, True): "carried_over",
    ("carried_over", True, False): "household",
    ("carried_over", True, True): "carried_over",
}


def choice(setting: str | None, *, has_heir: bool, has_target: bool) -> str:
    """``undecided`` where the community has not decided; else expires, household, carried_over."""
    return _CHOICES.get((setting, has_heir, has_target), "undecided")
