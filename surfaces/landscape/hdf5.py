"""Reading of the part of HDF5 that h5py writes by default: one group with contiguous arrays of numbers.

Source: HDF5 File Format Specification Version 3.0, sections II.A (superblock), III.A to III.D (B-trees, symbol tables,
local heaps) and IV.A (object headers), https://docs.hdfgroup.org/archive/support/HDF5/doc/H5.format.html
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

import numpy as np

from surfaces.data_error import DataError

NEWER_STRUCTURE = "the HDF5 file is compressed or has a newer structure; to open it, install h5py: pip install h5py"
DATASPACE, DATATYPE, LAYOUT, CONTINUATION, SYMBOL_TABLE = 0x01, 0x03, 0x08, 0x10, 0x11  # types of header messages
MAX_NODES = 10_000  # of a tree or header, and
MAX_READS = 1_000_000  # of numbers, against files that refer to themselves
UNDEFINED = (1 << 64) - 1


class NewerStructureError(DataError):
    """The file may be valid, but has a structure that is not read here."""

    def __init__(self) -> None:
        super().__init__(NEWER_STRUCTURE)


def read_hdf5(content: bytes, wanted: Collection[str]) -> tuple[list[str], dict[str, np.ndarray]]:
    """Return the names of the root group of an HDF5 file, and those wanted arrays of numbers that it has, as floats."""
    try:
        reader = _Reader(content)
        members = dict(reader.members())
        arrays = {name: reader.array(header) for name, header in members.items() if name in wanted}
    except DataError:
        raise
    except (IndexError, ValueError, OverflowError):
        raise DataError("the HDF5 file is damaged") from None
    return sorted(members), {name: array for name, array in arrays.items() if array is not None}


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content, self.reads = content, 0
        version = content[8]
        if version > 1 or content[13:15] != b"\x08\x08":  # sizes of addresses and lengths
            raise NewerStructureError
        self.root = self.number(24 + (4 if version == 1 else 0) + 32 + 8)

    def number(self, position: int, size: int = 8) -> int:
        """Return an unsigned little-endian number."""
        self.reads += 1
        if not 0 <= position <= len(self.content) - size or self.reads > MAX_READS:
            raise IndexError
        return int.from_bytes(self.content[position : position + size], "little")

    def messages(self, header: int) -> dict[int, int]:
        """Return the positions of the messages of an object header by type."""
        if self.content[header] != 1:
            raise NewerStructureError
        found: dict[int, int] = {}
        blocks = [(header + 16, self.number(header + 8, 4))]
        for _ in range(MAX_NODES):
            if not blocks:
                break
            position, size = blocks.pop()
            end = position + size
            while position + 8 <= end:
                kind, length = self.number(position, 2), self.number(position + 2, 2)
                if kind == CONTINUATION:
                    blocks.append((self.number(position + 8), self.number(position + 16)))
                found.setdefault(kind, position + 8)
                position += 8 + length
        return found

    def members(self) -> Iterator[tuple[str, int]]:
        """Yield the names of the root group and the positions of their object headers."""
        table = self.messages(self.root).get(SYMBOL_TABLE)
        if table is None:
            raise NewerStructureError
        nodes, names = [self.number(table)], self.number(self.number(table + 8) + 24)
        for _ in range(MAX_NODES):
            if not nodes:
                return
            node = nodes.pop()
            if self.content[node : node + 4] == b"TREE":
                nodes += [self.number(node + 32 + 16 * k) for k in range(self.number(node + 6, 2))]
            elif self.content[node : node + 4] == b"SNOD":
                for k in range(self.number(node + 6, 2)):
                    start = names + self.number(node + 8 + 40 * k)
                    yield (
                        self.content[start : self.content.index(b"\0", start)].decode(),
                        self.number(node + 16 + 40 * k),
                    )

    def array(self, header: int) -> np.ndarray | None:
        """Return an array, or None if it is not a plain array of numbers."""
        messages = self.messages(header)
        if not {DATASPACE, DATATYPE, LAYOUT} <= set(messages):
            return None
        space, kind, layout = (messages[k] for k in (DATASPACE, DATATYPE, LAYOUT))
        sizes = space + (8 if self.content[space] == 1 else 4)
        shape = tuple(self.number(sizes + 8 * k) for k in range(self.content[space + 1]))
        class_and_version, flags, size = self.content[kind], self.content[kind + 1], self.number(kind + 4, 4)
        letter = {0: "iu"[not flags & 8], 1: "f"}.get(class_and_version & 15)
        if letter is None or size not in (1, 2, 4, 8) or (letter == "f" and size == 1):
            return None
        if self.content[layout] != 3 or self.content[layout + 1] != 1:  # compact or in chunks, maybe compressed
            raise NewerStructureError
        start, count = self.number(layout + 2), math.prod(shape)
        if start == UNDEFINED or count * size > len(self.content) - start:
            raise IndexError
        dtype = f"{'<>'[flags & 1]}{letter}{size}"
        return np.frombuffer(self.content, dtype, count, start).reshape(shape).astype(float)
