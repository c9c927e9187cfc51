"""Names on public pages are masked: 张*. The household code tells people apart."""

from __future__ import annotations

#: Surnames of two characters that are common enough to matter.
DOUBLE_SURNAMES = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "令狐", "皇甫", "尉迟", "公孙", "慕容", "宇文", "东方", "夏侯")
)

#: Instead of the name of a former member whose personal information was erased.
FORMER = "已离开的居民"


def surname(name: str) -> str:
    """The surname of a Chinese name."""
    return name[:2] if len(name) > 2 and name[:2] in DOUBLE_SURNAMES else name[:1]


def label(name: str) -> str:
    """``张三`` and ``张小三`` → ``张*``: not even the length of the name is told."""
    return name if name == FORMER else f"{surname(name)}*"
