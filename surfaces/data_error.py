"""What is raised where points or a data file cannot be used."""

from __future__ import annotations

from typing import Any


class DataError(ValueError):
    """One sentence: ``template`` with ``values`` in place of its names, so that it can be said in another language, too."""

    def __init__(self, template: str, **values: Any) -> None:
        super().__init__(template.format(**values))
        self.template, self.values = template, values
