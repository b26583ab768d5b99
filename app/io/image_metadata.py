"""Read the experiment in an exported figure, without an image library so that no image can fill the memory.

PNG: a text chunk with the keyword PNG_KEYWORD. SVG: the text of a dc:source element in the metadata.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from app.io.strict_json import MAX_FILE_SIZE
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError

PNG_KEYWORD = "thalweg:experiment"
NO_EXPERIMENT_MESSAGE = gettext_noop(
    "it carries no experiment; only JSON files, and PNG and SVG pictures exported by Thalweg, do"
)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 100_000  # of a PNG; 100 million pixels need about 10,000
SVG_SOURCE_TAG = "http://purl.org/dc/elements/1.1/ source"
READ_SIZE = 1 << 16  # bytes of an SVG per read
MAX_SVG_SIZE = 64 << 20  # bytes of an SVG that are searched


def read_png(file: IO[bytes]) -> bytes:
    """Return the JSON text of the experiment in a PNG; pixel data are skipped."""
    if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
        raise ExperimentError(tr("it is not a PNG picture"))
    for _ in range(MAX_CHUNKS):
        length, chunk_type = struct.unpack(">I4s", file.read(8).ljust(8, b"\0"))
        if chunk_type == b"IEND":
            raise ExperimentError(tr(NO_EXPERIMENT_MESSAGE))
        if not chunk_type.isalpha():
            raise ExperimentError(tr("it is a PNG picture that is cut off or damaged, without an experiment"))
        if chunk_type not in CHUNK_DECODERS:
            file.seek(length + 4, os.SEEK_CUR)
            continue
        prefix = file.read(min(length, 80))  # keywords have at most 79 characters
        if prefix.partition(b"\0")[0] != PNG_KEYWORD.encode():
            file.seek(length - len(prefix) + 4, os.SEEK_CUR)
            continue
        if length > MAX_FILE_SIZE:
            raise ExperimentError(
                tr("the experiment in it is larger than {largest} MiB, which none may be", largest=MAX_FILE_SIZE >> 20)
            )
        content = prefix + file.read(length - len(prefix))
        if file.read(4) != struct.pack(">I", zlib.crc32(chunk_type + content)):
            raise ExperimentError(tr("the experiment in it is cut off or damaged"))
        return CHUNK_DECODERS[chunk_type](content.partition(b"\0")[2])
    raise ExperimentError(tr(NO_EXPERIMENT_MESSAGE))


def _decode_itxt(body: bytes) -> bytes:
    """Return the text of an iTXt chunk, after its language and translated keyword."""
    text = body[2:].partition(b"\0")[2].partition(b"\0")[2]
    return _inflate(text) if body[:1] == b"\x01" else text


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, MAX_FILE_SIZE + 1)  # limits decompression bombs; parse_json rejects the size
    except zlib.error:
        raise ExperimentError(tr("the experiment in it is cut off or damaged")) from None
    return text


CHUNK_DECODERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"tEXt": lambda body: body.decode("latin-1").encode(),
    b"zTXt": lambda body: _inflate(body[1:]).decode("latin-1").encode(),
    b"iTXt": _decode_itxt,
}


class SvgMetadataReader:
    """A parser that finds the experiment in an SVG and keeps nothing else of it."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._on_start_element
        self.parser.EndElementHandler = self._on_end_element
        self.parser.CharacterDataHandler = self._on_text
        self.parser.EntityDeclHandler = self._on_entity_declaration
        self.result = ""
        self.text_parts: list[str] | None = None
        self.text_size = 0

    def _on_start_element(self, name: str, attributes: dict[str, str]) -> None:
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

    def _on_entity_declaration(self, *_: object) -> None:
        raise ExperimentError(
            tr("it declares entities, which a picture of Thalweg does not and which could fill the memory")
        )


def read_svg(file: IO[bytes]) -> bytes:
    """Return the JSON text of the experiment in an SVG; reading stops as soon as it is found."""
    reader = SvgMetadataReader()
    for _ in range(MAX_SVG_SIZE // READ_SIZE):
        block = file.read(READ_SIZE)
        try:
            reader.parser.Parse(block, not block)
        except expat.ExpatError as error:
            if not reader.result:
                raise ExperimentError(
                    tr("it is not an SVG picture, or is cut off or damaged: {error}", error=error)
                ) from None
        if reader.result:
            return reader.result.encode()
        if not block:
            break
    raise ExperimentError(tr(NO_EXPERIMENT_MESSAGE))
