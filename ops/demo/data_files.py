"""Reading of the JSON and text files that stand in `ops/demo/data`."""

import json
from pathlib import Path
from typing import Any

DATA_FOLDER = Path(__file__).parent / "data"


def read_json(name: str) -> Any:
    """Return the parsed JSON document `name` (file name with suffix) of the data folder."""
    return json.loads((DATA_FOLDER / name).read_text(encoding="utf-8"))


def read_text(name: str) -> str:
    """Return the text of the file `name` of the data folder."""
    return (DATA_FOLDER / name).read_text(encoding="utf-8")
