"""The imports of a Python file, resolved to the modules that they reach."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Import:
    """`target` is a full module name; `is_plain` for `import a.b`, which binds all of `a`."""

    line: int
    target: str
    is_plain: bool = False


def find_imports(tree: ast.AST, package: str, modules: set[str]) -> Iterator[Import]:
    """Every import, also inside functions, under TYPE_CHECKING and by `import_module("...")`.

    `package` is what relative imports start from. `from a import b` reaches `a.b` where that
    is one of `modules`, else `a`.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, alias.name, is_plain=True)
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, package)
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield Import(node.lineno, inner if inner in modules else source)
        elif isinstance(node, ast.Call):
            yield from _dynamic(node)


def _source(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    names = package.split(".")
    above = names[: len(names) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def _dynamic(node: ast.Call) -> Iterator[Import]:
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if name in {"import_module", "__import__"} and node.args:
        first = node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield Import(node.lineno, first.value)
