"""Arrows go down only: the import contracts of pyproject.toml hold."""

from __future__ import annotations

from pathlib import Path

from importlinter import cli


def test_the_import_contracts_hold() -> None:
    root = Path(__file__).resolve().parents[2]
    code = cli.lint_imports(config_filename=str(root / "pyproject.toml"), no_cache=True)
    assert code == cli.EXIT_STATUS_SUCCESS
