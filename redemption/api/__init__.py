"""The package's endpoints."""

BLUEPRINTS: list[object] = []
ACCESS: dict[str, str] = {}
