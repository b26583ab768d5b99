"""The error raised for data points or data files that cannot be used."""

from __future__ import annotations

from typing import Any


class DataError(ValueError):
    """Error with a message of one sentence.

    ``template`` and the ``values`` of its placeholders are kept, so that the message can be translated.
    """

    def __init__(self, template: str, **values: Any) -> None:
        super().__init__(template.format(**values))
        self.template, self.values = template, values
