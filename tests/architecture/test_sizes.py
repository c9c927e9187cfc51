"""What grows without limit decays: one models file, one routes file, one test file."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_CLASS_OF_MODEL = 300, 50, 80
LONGEST_TEMPLATE, LONGEST_CONFTEST = 150, 150
SAYS_NOTHING = re.compile(r"(^|/)(utils|helpers?|common|misc|manager|services?|handlers?)\.py$")


def tracked(pattern: str) -> list[Path]:
    """Files of the project: known to git, or new and not ignored."""
    answer = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in answer.stdout.splitlines() if (ROOT / line).exists()]


SOURCES = [
    path
    for path in tracked("*.py")
    if path.relative_to(ROOT).parts[0] not in ("migrations", "tests", "bench")
]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_files_functions_and_models_stay_small(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"
        if isinstance(node, ast.ClassDef) and "/models/" in str(path):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_CLASS_OF_MODEL, f"{node.name} has {length} lines"


def test_templates_and_conftests_stay_small() -> None:
    for path in tracked("*.html"):
        assert len(path.read_text().splitlines()) <= LONGEST_TEMPLATE, relative(path)
    for path in tracked("*conftest.py"):
        assert len(path.read_text().splitlines()) <= LONGEST_CONFTEST, relative(path)


def test_file_names_say_what_they_are_about() -> None:
    assert [relative(path) for path in SOURCES if SAYS_NOTHING.search(relative(path))] == []


def test_concept_modules_know_no_framework() -> None:
    """Inside a package only api/ may import flask, marshmallow or werkzeug."""
    packages = ("community", "points", "merchants", "redemption", "review")
    forbidden = re.compile(
        r"^\s*(from|import) (flask|marshmallow|werkzeug|kernel\.http|kernel\.fields)", re.M
    )
    for path in SOURCES:
        parts = path.relative_to(ROOT).parts
        if parts[0] in packages and "api" not in parts:
            assert not forbidden.search(path.read_text()), relative(path)


def test_modules_do_not_look_at_the_clock() -> None:
    packages = ("community", "points", "merchants", "redemption", "review")
    looks = re.compile(r"clock\.now\(|datetime\.now\(|date\.today\(|utcnow\(")
    for path in SOURCES:
        parts = path.relative_to(ROOT).parts
        if parts[0] in packages and "api" not in parts:
            assert not looks.search(path.read_text()), relative(path)
