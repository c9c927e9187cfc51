"""What is wrong with a page that stands open: its layout at each width, and what axe finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

HERE = Path(__file__).parent
LAYOUT_CHECKS = (HERE / "layout_checks.js").read_text()
AXE = HERE.parents[1] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What is in order is not described; style sheets would be read for a rule that is not asked.
RUN_AXE = """(rules) => axe.run(
  {runOnly: rules, resultTypes: ["violations"], preload: {assets: ["media"]}}
).then((result) => result.violations.map(
  (rule) => `${rule.id}: ${rule.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`))"""
#: The least height of what is pressed in each text size.
LEAST_TARGET = {"standard": 44, "elder": 60, "largest": 60}


@dataclass(frozen=True)
class Screen:
    """CSS pixels, and whether the layout is measured and axe run on it."""

    width: int
    height: int = 844
    layout: bool = True
    axe: bool = False

    @property
    def viewport(self) -> ViewportSize:
        return {"width": self.width, "height": self.height}


@dataclass(kw_only=True)
class Inspection:
    """One page in one text size and language: loaded once, then seen on each screen.

    ``at_end``: axe looks after scrolling to the end, where a sticky foot covers nothing.
    """

    page: Page
    size: str
    language: str
    screens: tuple[Screen, ...]
    at_end: bool
    findings: list[str] = field(default_factory=list)

    def look(self, name: str, *, layout: bool = True) -> None:
        """Note what is wrong with the page as it stands, under its name."""
        for screen in self.screens:
            self._show(screen)
            found: list[str] = []
            if layout and screen.layout:
                found += self.page.evaluate(LAYOUT_CHECKS, {"target": LEAST_TARGET[self.size]})
            if screen.axe:
                if self.at_end:
                    self.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
                found += self.page.evaluate(RUN_AXE, RULES)
            self.note(f"{name} at {screen.width} px", found)
        self._show(self.screens[0])

    def note(self, where: str, found: Iterable[str]) -> None:
        """Keep what was found, with where and in which text size and language."""
        self.findings += [f"{where}, {self.size}, {self.language}: {each}" for each in found]

    def _show(self, screen: Screen) -> None:
        if self.page.viewport_size != screen.viewport:
            self.page.set_viewport_size(screen.viewport)


@contextmanager
def inspected(
    page: Page,
    *,
    size: str,
    language: str = "zh",
    screens: Iterable[Screen],
    at_end: bool = False,
) -> Iterator[Inspection]:
    """Look at what this page shows from now on; fails at the end with all that was found.

    The reader acts on the first of the screens. The page's context is closed.
    """
    seen = Inspection(
        page=page, size=size, language=language, screens=tuple(screens), at_end=at_end
    )
    page.set_viewport_size(seen.screens[0].viewport)
    if any(screen.axe for screen in seen.screens):
        page.add_init_script(path=AXE)
    try:
        yield seen
    finally:
        page.context.close()
    assert not seen.findings, "\n".join(seen.findings)


def chinese_of_ours(words: Iterable[str]) -> list[str]:
    """Which of an English page's words are not English; a language names itself."""
    return [
        each
        for each in words
        if each != "中文" and any("\u4e00" <= sign <= "\u9fff" for sign in each)
    ]
