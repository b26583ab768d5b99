"""The experiment inside an exported picture: found without a picture library, so that no picture, however made, fills the memory.

PNG keeps it as a text chunk of the key KEYWORD, SVG as the text of a dc:source element in its metadata.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import IO
from xml.parsers import expat

from app.io.experiment_json import LARGEST
from app.utils.i18n import mark, tr
from app.utils.validation import ExperimentError

KEYWORD = "thalweg:experiment"
NOTHING = mark("it carries no experiment; only JSON files, and PNG and SVG pictures exported by Thalweg, do")
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 100_000  # of a PNG; a hundred million pixels make some ten thousand
SOURCE = "http://purl.org/dc/elements/1.1/ source"
PIECE, FARTHEST = 1 << 16, 64 << 20  # bytes of an SVG that are read at once, and before the search is given up


def in_png(file: IO[bytes]) -> bytes:
    """The text of the experiment; pixels are passed over."""
    if file.read(len(SIGNATURE)) != SIGNATURE:
        raise ExperimentError(tr("it is not a PNG picture"))
    for _ in range(MOST_CHUNKS):
        length, kind = struct.unpack(">I4s", file.read(8).ljust(8, b"\0"))
        if kind == b"IEND":
            raise ExperimentError(tr(NOTHING))
        if not kind.isalpha():
            raise ExperimentError(tr("it is a PNG picture that is cut off or damaged, without an experiment"))
        if kind not in READERS:
            file.seek(length + 4, os.SEEK_CUR)
            continue
        begin = file.read(min(length, 80))  # keywords have at most 79 letters
        if begin.partition(b"\0")[0] != KEYWORD.encode():
            file.seek(length - len(begin) + 4, os.SEEK_CUR)
            continue
        if length > LARGEST:
            raise ExperimentError(
                tr("the experiment in it is larger than {largest} MiB, which none may be", largest=LARGEST >> 20)
            )
        content = begin + file.read(length - len(begin))
        if file.read(4) != struct.pack(">I", zlib.crc32(kind + content)):
            raise ExperimentError(tr("the experiment in it is cut off or damaged"))
        return READERS[kind](content.partition(b"\0")[2])
    raise ExperimentError(tr(NOTHING))


def _international(body: bytes) -> bytes:
    """What an iTXt chunk says: after its language and its translated keyword, compressed or not."""
    text = body[2:].partition(b"\0")[2].partition(b"\0")[2]
    return _inflated(text) if body[:1] == b"\x01" else text


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, LARGEST + 1)  # a bomb stops here; the schema refuses what is too large
    except zlib.error:
        raise ExperimentError(tr("the experiment in it is cut off or damaged")) from None
    return text


READERS = {
    b"tEXt": lambda body: body.decode("latin-1").encode(),
    b"zTXt": lambda body: _inflated(body[1:]).decode("latin-1").encode(),
    b"iTXt": _international,
}


class Search:
    """Looks for the experiment while an SVG is read; of the picture nothing is kept."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.hear
        self.parser.EntityDeclHandler = self.refuse
        self.found = ""
        self.heard: list[str] | None = None
        self.size = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.heard, self.size = ([] if name == SOURCE else None), 0

    def hear(self, words: str) -> None:
        if self.heard is not None and self.size <= LARGEST:
            self.heard.append(words)
            self.size += len(words)

    def end(self, name: str) -> None:
        words = "".join(self.heard or ()).strip()
        if words.startswith("{") and not self.found:  # others name a source of another kind there
            self.found = words
        self.heard = None

    def refuse(self, *_: object) -> None:
        raise ExperimentError(
            tr("it declares entities, which a picture of Thalweg does not and which could fill the memory")
        )


def in_svg(file: IO[bytes]) -> bytes:
    """The text of the experiment; reading ends where it is found."""
    search = Search()
    for _ in range(FARTHEST // PIECE):
        piece = file.read(PIECE)
        try:
            search.parser.Parse(piece, not piece)
        except expat.ExpatError as error:
            if not search.found:
                raise ExperimentError(
                    tr("it is not an SVG picture, or is cut off or damaged: {error}", error=error)
                ) from None
        if search.found:
            return search.found.encode()
        if not piece:
            break
    raise ExperimentError(tr(NOTHING))
