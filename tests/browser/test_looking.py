"""The checks of layout and reading find what they are there for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.looking import Screen, inspected

BAD = """<!doctype html><html lang="zh"><title>坏</title><main><h1>标题</h1>
<button class="low" style="height: 20px">按</button>
<p style="font-size: 11px; color: #bbb; background: #fff">太小太淡</p>
<p style="width: 3em; overflow: hidden; white-space: nowrap">被裁掉的一句话</p>
<div style="width: 400px">宽</div><p style="width: 900px">{long}</p></main></html>"""


WRONG = ("scrolls sideways", "target of 20 px: low", "text of 11 px", "clipped", "line of 50")


def test_what_is_wrong_is_named_with_page_width_size_and_language(chromium: Browser) -> None:
    with pytest.raises(AssertionError) as failed:
        look_at_the_bad_page(chromium)
    told = str(failed.value)
    for where in ("bad at 360 px, elder, en", "bad at 390 px, elder, en"):
        for what in WRONG:
            assert f"{where}: {what}" in told
    assert "bad at 390 px, elder, en: color-contrast: <p" in told
    assert "bad at 360 px, elder, en: color-contrast" not in told


def look_at_the_bad_page(chromium: Browser) -> None:
    page = chromium.new_context().new_page()
    screens = [Screen(360), Screen(390, axe=True)]
    with inspected(page, size="elder", language="en", screens=screens) as seen:
        page.goto("about:blank")
        page.set_content(BAD.format(long="长" * 50))
        seen.look("bad")
