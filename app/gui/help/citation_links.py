"""Where a method was published: text whose DOIs and arXiv numbers can be followed."""

from __future__ import annotations

import re
from html import escape

DOI, ARXIV = r"doi:(10\.\d{4,9}/[^\s;,]+)", r"arXiv:(\d{4}\.\d{4,5})"


def linked(source: str) -> str:
    """The source as HTML."""
    made, last = [], 0
    for found in re.finditer(f"{DOI}|{ARXIV}", source):
        name = found[0].rstrip(".:")
        if name.endswith(")") and name.count("(") < name.count(")"):  # it closes one that was opened before
            name = name[:-1]
        kind, _, number = name.partition(":")
        address = f"https://doi.org/{number}" if kind == "doi" else f"https://arxiv.org/abs/{number}"
        made += [escape(source[last : found.start()]), f'<a href="{escape(address)}">{escape(name)}</a>']
        last = found.start() + len(name)
    return "".join([*made, escape(source[last:])])
