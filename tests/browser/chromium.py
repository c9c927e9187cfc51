"""Chromium as the tests start it: without what they do not look at."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, BrowserType

INSTALLED = ("chromium", "chromium-browser", "google-chrome")
#: Two pages of the address bar, loaded for every window: they cost as much as the page itself.
OF_ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
#: A process kept ready for the next page, which here is another process with another reader.
IN_RESERVE = ("SpareRendererForSitePerProcess",)
#: What Playwright turns off. Of two lists Chromium obeys the last, so ours repeats it.
OF_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip
OFF = (*OF_PLAYWRIGHT, *OF_ADDRESS_BAR, *IN_RESERVE)
SWITCHES = ("--no-sandbox", f"--disable-features={','.join(OFF)}")
#: No page lives long enough to gain from optimized code; only reading pictures would.
UNOPTIMIZED = "--js-flags=--no-opt --no-maglev"


def launched(kind: BrowserType, *switches: str) -> Browser:
    """A running Chromium; ``switches`` are added to those of all tests."""
    path = next(filter(None, map(shutil.which, INSTALLED)), None)
    assert path, "No Chromium. Run: make browser"
    return kind.launch(executable_path=path, args=[*SWITCHES, *switches])
