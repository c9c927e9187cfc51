"""Whether this run searches for minutes or hours instead of seconds (``make soak``)."""

from __future__ import annotations

import os

IS_SOAK = bool(os.environ.get("LINLI_SOAK"))
