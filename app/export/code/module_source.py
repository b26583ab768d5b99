"""Source text of a module for a script: its definitions and imports by name, and edits of a definition."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from app.export.code.literals import MAX_LINE_LENGTH

OPTIONAL_LINE = re.compile(r" {2}# (if|if not) (\w+(?: or \w+)*)$")
SIGNATURE_PATTERN = re.compile(r"def \w+\([^#()]*(?:\(\)[^#()]*)*\):\n")
TOOL_COMMENT = re.compile(r" *# (type: ignore|noqa).*$", re.MULTILINE)
Scope = ast.FunctionDef | ast.Lambda
LocatedNode = ast.expr | ast.stmt | ast.arg
Statement = ast.FunctionDef | ast.ClassDef | ast.Assign
Edit = tuple[int, int, bytes]  # start, end, replacement: offsets in bytes, as in the nodes of ast


@dataclass
class ModuleSource:
    """Source text of a module, with its definitions and imports by name.

    An import is (module, name), or (module, "") for a whole module. Offsets are in bytes.
    """

    module: str
    text: bytes
    definitions: dict[str, Statement] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.line_offsets = [0]
        for line in self.text.splitlines(keepends=True):
            self.line_offsets.append(self.line_offsets[-1] + len(line))
        package = self.module.rpartition(".")[0]
        for node in ast.parse(self.text).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.definitions[node.name] = node
            elif isinstance(node, ast.Assign):
                self.definitions |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.Import):
                self.imports |= {alias.asname or alias.name: (alias.name, "") for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                module = ".".join(filter(None, [package if node.level else "", node.module or ""]))
                self.imports |= {alias.asname or alias.name: (module, alias.name) for alias in node.names}

    def start_offset(self, node: LocatedNode) -> int:
        """Return the offset at which a node begins."""
        return self.line_offsets[node.lineno - 1] + node.col_offset

    def end_offset(self, node: LocatedNode) -> int:
        """Return the offset at which a node ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.line_offsets[node.end_lineno - 1] + node.end_col_offset

    def source_range(self, node: Statement) -> tuple[int, int]:
        """Return start and end of a definition with the comment above it; a function is without its decorators."""
        decorators = getattr(node, "decorator_list", [])
        first_line = decorators[0].lineno if decorators and isinstance(node, ast.ClassDef) else node.lineno
        start = self.line_offsets[first_line - 1]
        while not decorators and start and self._line_before(start).startswith(b"#"):
            start -= len(self._line_before(start))
        return start, self.line_offsets[node.end_lineno or 0] - 1

    def _line_before(self, offset: int) -> bytes:
        return self.text[self.text.rfind(b"\n", 0, offset - 1) + 1 : offset]

    def annotation_edits(self, node: ast.AST) -> Iterator[Edit]:
        """Iterate over the edits that remove the annotations of all functions in a definition."""
        for each in ast.walk(node):
            if isinstance(each, ast.FunctionDef):
                yield from self._signature_edits(each)
                for inner in ast.walk(each):
                    if isinstance(inner, ast.AnnAssign) and inner.value is not None:
                        yield self.end_offset(inner.target), self.end_offset(inner.annotation), b""

    def _signature_edits(self, node: ast.FunctionDef) -> Iterator[Edit]:
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults = [
            *[None] * (len(positional) - len(arguments.defaults)),
            *arguments.defaults,
            *arguments.kw_defaults,
            None,
            None,
        ]
        for argument, default in zip(
            [*positional, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg], defaults, strict=False
        ):
            if argument is not None and argument.annotation is not None:
                name_end = self.start_offset(argument) + len(argument.arg.encode())
                yield (
                    (name_end, self.start_offset(default), b"=")
                    if default
                    else (name_end, self.end_offset(argument), b"")
                )
        if node.returns is not None:
            arrow = self.text.rindex(b"->", 0, self.start_offset(node.returns))
            yield len(self.text[:arrow].rstrip()), self.end_offset(node.returns), b""

    def docstring_edits(self, node: Statement) -> Iterator[Edit]:
        """Iterate over the edits that keep only the first paragraph of the docstring of an optimizer or a modifier.

        These are the decorated functions; the rest of their docstring is the description in the window.
        """
        first = node.body[0] if isinstance(node, ast.FunctionDef) and node.decorator_list else None
        if isinstance(first, ast.Expr):
            start, end = self.start_offset(first), self.end_offset(first)
            blank = self.text.find(b"\n\n", start, end)
            if blank >= 0:
                yield blank, end - 3, b""

    def removal_edits(self, methods: Collection[ast.FunctionDef]) -> Iterator[Edit]:
        """Iterate over the edits that remove methods from a class."""
        for method in methods:
            first_line = min((decorator.lineno for decorator in method.decorator_list), default=method.lineno)
            yield self.line_offsets[first_line - 1], self.line_offsets[method.end_lineno or 0], b""

    def apply_edits(self, node: Statement, edits: Collection[Edit]) -> str:
        """Return the text of a definition after some edits, without indentation."""
        start, stop = self.source_range(node)
        text = self.text[start:stop]
        applied: list[Edit] = []
        for edit in sorted(set(edits), key=lambda each: (each[0], -each[1])):
            if not applied or edit[0] >= applied[-1][1]:  # skip edits inside a removed range
                applied.append(edit)
        for edit_start, edit_end, new in reversed(applied):
            text = text[: edit_start - start] + new + text[edit_end - start :]
        indent = " " * node.col_offset
        lines = [line.removeprefix(indent).rstrip() for line in TOOL_COMMENT.sub("", text.decode()).splitlines()]
        return _join_signature(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip())


def _join_signature(text: str) -> str:
    """Join the lines of a signature, which often fits on one line without its annotations."""
    match = SIGNATURE_PATTERN.match(text)
    line = re.sub(r"\s*\n\s*", " ", match[0].rstrip()) if match else ""
    line = re.sub(r",? \):$", "):", line.replace("( ", "(", 1))
    return text if not match or len(line) > MAX_LINE_LENGTH else f"{line}\n{text[match.end() :]}"


@lru_cache(maxsize=256)
def read_source(module: str, features: frozenset[str] = frozenset()) -> ModuleSource:
    """Return the source of a module without importing it, since it may import packages that are not installed.

    A line that ends in "# if word", "# if word or word" or "# if not word" is included only if ``features`` contains
    the word, one of the words, or does not contain it.
    """
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(f"the source of {module} is not there")
    lines = []
    for line in Path(spec.origin).read_text(encoding="utf-8").splitlines():
        match = OPTIONAL_LINE.search(line)
        if match is None or features.isdisjoint(match[2].split(" or ")) == (match[1] == "if not"):
            lines.append(OPTIONAL_LINE.sub("", line))
    return ModuleSource(
        module if spec.submodule_search_locations is None else f"{module}.__init__", "\n".join([*lines, ""]).encode()
    )


def bound_names(scope: Scope) -> set[str]:
    """Return the local names of a function, including those of its comprehensions."""
    signature = scope.args
    arguments = [*signature.posonlyargs, *signature.args, *signature.kwonlyargs, signature.vararg, signature.kwarg]
    names = {argument.arg for argument in arguments if argument}
    pending: list[ast.AST] = list(scope.body) if isinstance(scope, ast.FunctionDef) else [scope.body]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif not isinstance(node, ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))
    return names


def free_names(node: ast.AST, bound: frozenset[str] = frozenset(), in_function: bool = False) -> Iterator[ast.Name]:
    """Iterate over the names that a definition reads but does not bind.

    Names in the annotations and decorators of functions are left out, since a script has neither.
    """
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                yield from free_names(default, bound, in_function)
        inner_bound = bound | bound_names(node)
        for statement in node.body if isinstance(node, ast.FunctionDef) else [node.body]:
            yield from free_names(statement, inner_bound, True)
    elif isinstance(node, ast.AnnAssign) and in_function:
        for each in (node.target, node.value):
            if each is not None:
                yield from free_names(each, bound, in_function)
    elif isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in bound:
            yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from free_names(child, bound, in_function)
