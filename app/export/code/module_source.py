"""The text of a module as a script takes it over: its definitions by name, and the names that each of them leaves open."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from app.export.code.literals import WIDE

OPTIONAL = re.compile(r" {2}# (if|if not) (\w+(?: or \w+)*)$")
SIGNATURE = re.compile(r"def \w+\([^#()]*(?:\(\)[^#()]*)*\):\n")
FOR_TOOLS = re.compile(r" *# (type: ignore|noqa).*$", re.MULTILINE)
Scope = ast.FunctionDef | ast.Lambda
Statement = ast.FunctionDef | ast.ClassDef | ast.Assign
Edit = tuple[int, int, bytes]


@dataclass
class Source:
    """A module's text, and its definitions and imports by name. An import is (module, name), or (module, "") of a whole one."""

    module: str
    text: bytes
    definitions: dict[str, Statement] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.starts = [0]
        for line in self.text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        package = self.module.rpartition(".")[0]
        for node in ast.parse(self.text).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.definitions[node.name] = node
            elif isinstance(node, ast.Assign):
                self.definitions |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.Import):
                self.imports |= {alias.asname or alias.name: (alias.name, "") for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                home = ".".join(filter(None, [package if node.level else "", node.module or ""]))
                self.imports |= {alias.asname or alias.name: (home, alias.name) for alias in node.names}

    def begin(self, node: ast.AST) -> int:
        return self.starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        return self.starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def extent(self, node: Statement) -> tuple[int, int]:
        """Where a definition begins and ends, with the comment above and beside it, a function without its decorators."""
        decorators = getattr(node, "decorator_list", [])
        first = self.starts[
            (decorators[0].lineno if decorators and isinstance(node, ast.ClassDef) else node.lineno) - 1
        ]
        while not decorators and first and self._line_before(first).startswith(b"#"):
            first -= len(self._line_before(first))
        return first, self.starts[node.end_lineno or 0] - 1

    def _line_before(self, place: int) -> bytes:
        return self.text[self.text.rfind(b"\n", 0, place - 1) + 1 : place]

    def untyped(self, node: ast.AST) -> Iterator[Edit]:
        """The edits that take the annotations out of all functions in a definition."""
        for each in ast.walk(node):
            if isinstance(each, ast.FunctionDef):
                yield from self._untyped_signature(each)
                for inner in ast.walk(each):
                    if isinstance(inner, ast.AnnAssign) and inner.value is not None:
                        yield self.end(inner.target), self.end(inner.annotation), b""

    def _untyped_signature(self, node: ast.FunctionDef) -> Iterator[Edit]:
        every = node.args
        placed = [*every.posonlyargs, *every.args]
        defaults = [*[None] * (len(placed) - len(every.defaults)), *every.defaults, *every.kw_defaults, None, None]
        for argument, default in zip([*placed, *every.kwonlyargs, every.vararg, every.kwarg], defaults, strict=False):
            if argument is not None and argument.annotation is not None:
                name_ends = self.begin(argument) + len(argument.arg.encode())
                yield (name_ends, self.begin(default), b"=") if default else (name_ends, self.end(argument), b"")
        if node.returns is not None:
            arrow = self.text.rindex(b"->", 0, self.begin(node.returns))
            yield len(self.text[:arrow].rstrip()), self.end(node.returns), b""

    def untold(self, node: Statement) -> Iterator[Edit]:
        """The edits that leave a rule, a decorated function, its docstring's first paragraph: the story is for the window."""
        first = node.body[0] if isinstance(node, ast.FunctionDef) and node.decorator_list else None
        if isinstance(first, ast.Expr):
            begin, end = self.begin(first), self.end(first)
            blank = self.text.find(b"\n\n", begin, end)
            if blank >= 0:
                yield blank, end - 3, b""

    def without(self, members: Collection[ast.FunctionDef]) -> Iterator[Edit]:
        """The edits that take methods out of a class."""
        for member in members:
            first = min((decorator.lineno for decorator in member.decorator_list), default=member.lineno)
            yield self.starts[first - 1], self.starts[member.end_lineno or 0], b""

    def cut(self, node: Statement, edits: Collection[Edit]) -> str:
        """The text of a definition after some edits, at the left margin."""
        first, last = self.extent(node)
        text = self.text[first:last]
        kept: list[Edit] = []
        for edit in sorted(set(edits), key=lambda each: (each[0], -each[1])):
            if not kept or edit[0] >= kept[-1][1]:  # else it lies in a part that is taken out
                kept.append(edit)
        for begin, end, new in reversed(kept):
            text = text[: begin - first] + new + text[end - first :]
        indent = " " * node.col_offset
        lines = [line.removeprefix(indent).rstrip() for line in FOR_TOOLS.sub("", text.decode()).splitlines()]
        return _signature_on_one_line(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip())


def _signature_on_one_line(text: str) -> str:
    """Without its annotations a signature often fits on a line again."""
    found = SIGNATURE.match(text)
    line = re.sub(r"\s*\n\s*", " ", found[0].rstrip()) if found else ""
    return text if not found or len(line) > WIDE else f"{line}\n{text[found.end() :]}"


@lru_cache(maxsize=256)
def read(module: str, features: frozenset[str] = frozenset()) -> Source:
    """A module without running it, so that it may import what is not installed.

    A line that ends in "# if word", "# if word or word" or "# if not word" is there only if the features say so.
    """
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(f"the source of {module} is not there")
    kept = []
    for line in Path(spec.origin).read_text(encoding="utf-8").splitlines():
        asked = OPTIONAL.search(line)
        if asked is None or features.isdisjoint(asked[2].split(" or ")) == (asked[1] == "if not"):
            kept.append(OPTIONAL.sub("", line))
    return Source(
        module if spec.submodule_search_locations is None else f"{module}.__init__", "\n".join([*kept, ""]).encode()
    )


def bound_in(scope: Scope) -> set[str]:
    """The names that belong to a function itself; those of its comprehensions count as its own."""
    every = scope.args
    arguments = [*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg]
    names = {argument.arg for argument in arguments if argument}
    left: list[ast.AST] = list(scope.body) if isinstance(scope, ast.FunctionDef) else [scope.body]
    while left:
        node = left.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif not isinstance(node, ast.Lambda):
            left.extend(ast.iter_child_nodes(node))
    return names


def open_names(node: ast.AST, bound: frozenset[str] = frozenset(), inside: bool = False) -> Iterator[ast.Name]:
    """The names that are read in a definition and not bound there, but for those in a function's annotations and decorators."""
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                yield from open_names(default, bound, inside)
        inner = bound | bound_in(node)
        for part in node.body if isinstance(node, ast.FunctionDef) else [node.body]:
            yield from open_names(part, inner, True)
    elif isinstance(node, ast.AnnAssign) and inside:
        for each in (node.target, node.value):
            if each is not None:
                yield from open_names(each, bound, inside)
    elif isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in bound:
            yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from open_names(child, bound, inside)
