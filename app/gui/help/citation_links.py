"""Links for the DOIs and arXiv numbers in a citation."""

from __future__ import annotations

import re
from html import escape

DOI_PATTERN, ARXIV_PATTERN = r"doi:(10\.\d{4,9}/[^\s;,]+)", r"arXiv:(\d{4}\.\d{4,5})"


def link_citations(source: str) -> str:
    """Return a citation as HTML with links."""
    fragments, position = [], 0
    for match in re.finditer(f"{DOI_PATTERN}|{ARXIV_PATTERN}", source):
        citation = match[0].rstrip(".:")
        if citation.endswith(")") and citation.count("(") < citation.count(
            ")"
        ):  # it belongs to the text around the citation
            citation = citation[:-1]
        kind, _, identifier = citation.partition(":")
        address = f"https://doi.org/{identifier}" if kind == "doi" else f"https://arxiv.org/abs/{identifier}"
        fragments += [escape(source[position : match.start()]), f'<a href="{escape(address)}">{escape(citation)}</a>']
        position = match.start() + len(citation)
    return "".join([*fragments, escape(source[position:])])
