"""The pages in .github name files and functions that exist; the README has the right numbers."""

from __future__ import annotations

import re

import pytest

from app.cli.main import main
from optimizers import OPTIMIZERS
from tests.optimizers import reference
from tests.processes import ROOT

PAGES = sorted((ROOT / ".github").glob("*.md"))
SOURCES = "\n".join(
    path.read_text() for top in ("app", "optimizers", "surfaces", "tests") for path in (ROOT / top).rglob("*.py")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_and_names_of_a_page_exist(page) -> None:
    missing = []
    for code in re.findall(r"`([^`\n]+)`", page.read_text()):
        if re.fullmatch(r"(app|optimizers|surfaces|tests|assets|\.github|\.ci)/[\w./-]*", code):
            missing += [] if (ROOT / code).exists() else [code]
        elif not code.endswith(".md") and re.fullmatch(
            r"[A-Z]\w+\.\w+|[a-z]+(_\w+)+|[A-Z]+_[A-Z]+|[A-Z][a-z]+[A-Z]\w*", code
        ):
            missing += [name for name in code.split(".") if not re.search(rf"\b{name}\b", SOURCES)]
    assert not missing


def test_counts_in_the_readme_are_those_of_thalweg_list(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {}
    for category in ("optimizers", "surfaces"):
        assert main(["list", category]) == 0
        counts[category] = len(capsys.readouterr().out.splitlines())
    methods = sum(not optimizer.variant_of for optimizer in OPTIMIZERS.values())
    text = " ".join((ROOT / "README.md").read_text().split())
    assert re.search(rf"\b{methods} optimizers, {counts['optimizers']} with the variants\b", text)
    assert re.search(rf"\b{counts['surfaces']} surfaces\b", text)


def test_count_of_reproduced_paths_in_the_readme() -> None:
    compared = [path for path in reference.load()[0] if not path.exempt]
    assert f"reproduce {len(compared)} paths" in (ROOT / "README.md").read_text()
