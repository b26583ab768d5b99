"""Messages about data points and data files, in a form that can be translated."""

from __future__ import annotations

from typing import Any


class DataError(ValueError):
    """Error with a message of one sentence.

    ``template`` and the ``values`` of its placeholders are kept, so that the message can be translated.
    """

    def __init__(self, template: str, **values: Any) -> None:
        super().__init__(template.format(**values))
        self.template, self.values = template, values


class DataNote(str):
    """What was found out about a data file, as text; ``template`` and ``values`` as for ``DataError``."""

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> DataNote:
        """Return the text with the values in place of the placeholders."""
        note = super().__new__(cls, template.format(**values))
        note.template, note.values = template, values
        return note
