"""The memory of the computer: how much there is, and giving back what the program has freed."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

UNKNOWN_MEMORY = 4 << 30  # bytes that are assumed where the system does not tell


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = [
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        ("total_physical", ctypes.c_ulonglong),
        *((name, ctypes.c_ulonglong) for name in "abcdef"),
    ]


@cache
def physical_memory() -> int:
    """Return the memory of the computer in bytes; 4 GiB where the system does not tell."""
    if sys.platform == "win32":
        status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
        known = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return status.total_physical if known else UNKNOWN_MEMORY
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return UNKNOWN_MEMORY


def return_freed_memory() -> None:
    """Give freed memory back to the system where the C library keeps it for itself (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
