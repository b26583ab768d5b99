"""The pages in .github name files and functions that exist."""

from __future__ import annotations

import re

import pytest

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
