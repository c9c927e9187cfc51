"""Keeps WeChat's secrets out of logs.

WeChat wants the app secret, the sign-in code and the access token in the query of the address, and
httpx logs every address at INFO. kernel/logs.py silences that logger for the application; this
filter holds wherever else it is turned on again: a test, a console, a debugging session.
"""

from __future__ import annotations

import logging
import re

import httpx

_QUERY = re.compile(r"\?[^\s\"']*")


class WithoutQueries(logging.Filter):
    """Cuts the query off every address in a record of the logger that it is added to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _redacted(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_redacted(value) for value in record.args)
        return True


_FILTER = WithoutQueries()


def redact_httpx_log() -> None:
    """Put the filter on httpx's logger; calling it again changes nothing."""
    logging.getLogger("httpx").addFilter(_FILTER)


def _redacted(value: object) -> object:
    if isinstance(value, httpx.URL | str):
        return _QUERY.sub("?…", str(value))
    return value
