"""Keys, texts and files that the random test uses."""

from __future__ import annotations

from PyQt6.QtCore import Qt

KEYS = [
    Qt.Key(key)
    for key in (
        *range(Qt.Key.Key_A, Qt.Key.Key_Z + 1),
        *range(Qt.Key.Key_0, Qt.Key.Key_9 + 1),
        *range(Qt.Key.Key_F1, Qt.Key.Key_F12 + 1),
        Qt.Key.Key_Space,
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Escape,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Plus,
        Qt.Key.Key_Minus,
        Qt.Key.Key_Question,
        Qt.Key.Key_Menu,
    )
]
NO_MODIFIER, SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
MODIFIERS = (NO_MODIFIER, NO_MODIFIER, NO_MODIFIER, SHIFT, CONTROL, CONTROL, ALT, CONTROL | SHIFT)
TYPED_TEXTS = (
    "0",
    "-1",
    "1e-3",
    "1e999",
    "-1e308",
    "1,5",
    "nan",
    "inf",
    "",
    " ",
    "١٢",
    "0x10",
    "1" * 400,
    "1e",
    "--",
    "0.1.2",
    "1e-320",
    "12345678901234567890",
    "½",
    "\u202e7",
    "<b>9</b>",
    "42",
    "0.05",
    "3",
)
INVALID_FILES = {
    "empty.json": b"",
    "half.json": b'{"surface": "rosenbrock", "runs": [',
    "list.json": b"[[[[]]]]",
    "null.json": b"null",
    "odd.json": b'{"surface": "rosenbrock", "start": [1e400, "x"], "runs": [{"optimizer": 7}]}',
    "bytes.json": bytes(range(256)),
    "deep.json": b"[" * 5000,
    "bad.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    "bad.svg": b"<svg><metadata>{</metadata>",
    "two.csv": b"x,y\n1,2\n2,3\n3,5\n",
    "one.csv": b"1,2\n",
    "same.csv": b"1,1\n1,1\n1,1\n",
    "huge.csv": b"1e300,1e300\n-1e300,2\n0,0\n",
    "words.csv": b"a,b\nc,d\n",
    "gaps.csv": b"1,\n,2\n3,4\n",
    "nan.csv": b"nan,1\n2,inf\n",
    "none": b"",
}
