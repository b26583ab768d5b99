"""Where a method was published: text whose DOIs and arXiv numbers can be followed."""

from __future__ import annotations

import re
from html import escape

DOI_PATTERN, ARXIV_PATTERN = r"doi:(10\.\d{4,9}/[^\s;,]+)", r"arXiv:(\d{4}\.\d{4,5})"


def link_citations(source: str) -> str:
    """The source as HTML."""
    fragments, position = [], 0
    for match in re.finditer(f"{DOI_PATTERN}|{ARXIV_PATTERN}", source):
        citation = match[0].rstrip(".:")
        if citation.endswith(")") and citation.count("(") < citation.count(")"):  # it closes one that was opened before
            citation = citation[:-1]
        kind, _, identifier = citation.partition(":")
        address = f"https://doi.org/{identifier}" if kind == "doi" else f"https://arxiv.org/abs/{identifier}"
        fragments += [escape(source[position : match.start()]), f'<a href="{escape(address)}">{escape(citation)}</a>']
        position = match.start() + len(citation)
    return "".join([*fragments, escape(source[position:])])
