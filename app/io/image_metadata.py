"""Read the experiment in an exported figure; no pixel is decoded and time and memory are bounded.

PNG: a text chunk with the keyword PNG_KEYWORD. SVG: the text of a dc:source element in the metadata.
"""

from __future__ import annotations

import struct
from typing import IO
from xml.parsers import expat

from app.io.strict_json import MAX_FILE_SIZE
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError

PNG_KEYWORD = "thalweg:experiment"
NO_EXPERIMENT_MESSAGE = gettext_noop(
    "it contains no experiment; open a JSON experiment, or a PNG or SVG figure exported by Thalweg"
)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")
MAX_CHUNKS = 100_000  # of a PNG; 100 million pixels need about 10,000
SVG_SOURCE_TAG = "http://purl.org/dc/elements/1.1/ source"
READ_SIZE = 1 << 18  # bytes of an SVG per read
MAX_SVG_SIZE = 64 << 20  # bytes of an SVG that are searched
MAX_TAG_SIZE = 4 << 20  # bytes; expat reads an unfinished tag again with every block
MAX_NAMES = 200_000  # elements and attributes of an SVG that are searched; expat keeps their names


def read_png(file: IO[bytes]) -> str:
    """Return the JSON text of the experiment in a PNG; all other chunks are skipped."""
    from PIL.PngImagePlugin import PngStream

    if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
        raise ExperimentError(tr("it is not a PNG image"))
    stream, keyword = PngStream(file), PNG_KEYWORD.encode() + b"\0"
    for _ in range(MAX_CHUNKS):
        try:
            kind, position, length = stream.read()
        except (SyntaxError, struct.error):
            raise ExperimentError(tr("it is an incomplete or damaged PNG image that contains no experiment")) from None
        if kind == b"IEND":
            break
        if kind in TEXT_CHUNKS and file.read(len(keyword)) == keyword:
            file.seek(position)
            return _read_text(file, kind, position, length)
        file.seek(position + length + 4)
    raise ExperimentError(tr(NO_EXPERIMENT_MESSAGE))


def _read_text(file: IO[bytes], kind: bytes, position: int, length: int) -> str:
    """Return the text of the chunk with the experiment, which may be larger than Pillow allows by default."""
    from PIL import PngImagePlugin

    stream, default_limit = PngImagePlugin.PngStream(file), PngImagePlugin.MAX_TEXT_CHUNK
    PngImagePlugin.MAX_TEXT_CHUNK = MAX_FILE_SIZE
    try:
        if length > MAX_FILE_SIZE:
            raise ValueError
        stream.crc(kind, stream.call(kind, position, length))
    except ValueError:
        raise ExperimentError(
            tr(
                "the embedded experiment is too large; experiments are limited to {largest} MiB",
                largest=MAX_FILE_SIZE >> 20,
            )
        ) from None
    except (OSError, SyntaxError):
        stream.im_text.clear()
    finally:
        PngImagePlugin.MAX_TEXT_CHUNK = default_limit
    text = stream.im_text.get(PNG_KEYWORD)
    if not text:  # also if it could not be inflated
        raise ExperimentError(tr("the embedded experiment is incomplete or damaged"))
    return text


class SvgMetadataReader:
    """A parser that finds the experiment in an SVG and keeps nothing else of it.

    ElementTree would build every element, and would expand entities and default attributes.
    """

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._on_start_element
        self.parser.EndElementHandler = self._on_end_element
        self.parser.CharacterDataHandler = self._on_text
        self.parser.EntityDeclHandler = self.parser.AttlistDeclHandler = self._on_declaration
        self.result = ""
        self.text_parts: list[str] | None = None
        self.text_size = self.name_count = 0

    def _on_start_element(self, name: str, attributes: dict[str, str]) -> None:
        self.name_count += 1 + len(attributes)
        if self.name_count > MAX_NAMES and not self.result:
            raise ExperimentError(tr(NO_EXPERIMENT_MESSAGE))
        self.text_parts, self.text_size = ([] if name == SVG_SOURCE_TAG else None), 0

    def _on_text(self, text: str) -> None:
        if self.text_parts is not None and self.text_size <= MAX_FILE_SIZE:
            self.text_parts.append(text)
            self.text_size += len(text)

    def _on_end_element(self, name: str) -> None:
        text = "".join(self.text_parts or ()).strip()
        if text.startswith("{") and not self.result:  # other programs write other sources
            self.result = text
        self.text_parts = None

    def _on_declaration(self, *_: object) -> None:
        raise ExperimentError(
            tr("it contains XML entity or attribute declarations, which are not allowed for security reasons")
        )


def read_svg(file: IO[bytes]) -> str:
    """Return the JSON text of the experiment in an SVG; reading stops as soon as it is found."""
    reader = SvgMetadataReader()
    for index in range(MAX_SVG_SIZE // READ_SIZE):
        block = file.read(READ_SIZE)
        try:
            reader.parser.Parse(block, not block)
        except ExperimentError:
            raise
        except (LookupError, ValueError):  # by the codec
            raise ExperimentError(tr("its text encoding is not supported; save it as UTF-8")) from None
        except expat.ExpatError as error:
            if not reader.result:
                raise ExperimentError(
                    tr("it is not an SVG image, or it is incomplete or damaged: {error}", error=error)
                ) from None
        if reader.result:
            return reader.result
        if not block:
            break
        if (index + 1) * READ_SIZE - reader.parser.CurrentByteIndex > MAX_TAG_SIZE:
            raise ExperimentError(
                tr(
                    "one of its tags is larger than {largest} MiB, or the file is incomplete or damaged",
                    largest=MAX_TAG_SIZE >> 20,
                )
            )
    raise ExperimentError(tr(NO_EXPERIMENT_MESSAGE))
