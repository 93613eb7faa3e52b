"""The guard: what no linter checks, as `file:line: rule: sentence`, one line for each finding.

    python -m scripts.guard [FOLDER]

| rule | says |
| --- | --- |
| any, cast | what is not known is `object` until it has been looked at |
| excuse | no comment quiets a checker |
| name | a file is named by a noun of the domain |
| import | libraries that have been replaced, and plain imports of our own packages |
| floor | imports go down only; the table is in floors.py |

Exit code 1 if there is anything to say.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.floors import judge, room_of
from scripts.imports import find_imports

FOLDERS = ("src", "tests", "scripts", "stubs", "benchmarks")
OURS = ("data_bank_api", "data_bank_client")
TYPING = {"typing", "typing_extensions", "_typeshed"}
UNTYPED = {
    "Any": ("any", "say what it is: object until it has been looked at"),
    "Incomplete": ("any", "say what it is: Incomplete is Any by another name"),
    "cast": ("cast", "decode or narrow instead"),
    "*": ("any", "import from typing by name"),
}
EXCUSE = re.compile(
    r"\b(type:\s*ignore|noqa\b|nosec\b|pragma:?\s*no|(mypy|pyright|ruff|flake8|pylint):)",
    re.IGNORECASE,
)
NAMELESS = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "managers"}
REPLACED = {"httpx": "httpx2", "requests": "httpx2"}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    path: Path
    line: int
    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to look at; `path` is relative to the project's folder."""

    path: Path
    text: str
    tree: ast.Module

    def at(self, line: int, rule: str, sentence: str) -> Finding:
        return Finding(self.path, line, rule, sentence)

    @property
    def module(self) -> str:
        inside = self.path.parts[1:] if self.path.parts[0] == "src" else self.path.parts
        names = [*inside[:-1], self.path.stem]
        return ".".join(names[:-1] if names[-1] == "__init__" else names)

    @property
    def package(self) -> str:
        return self.module if self.path.stem == "__init__" else self.module.rpartition(".")[0]


def _names_of_typing(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What is used of the typing modules: the line and the name."""
    nodes = list(ast.walk(tree))
    imports = [alias for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    bound = {alias.asname or alias.name for alias in imports if alias.name in TYPING}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module in TYPING:
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in bound:
            yield node.lineno, node.attr


def find_untyped(source: Source) -> Iterator[Finding]:
    for line, name in _names_of_typing(source.tree):
        if name in UNTYPED:
            yield source.at(line, *UNTYPED[name])


def find_excuses(source: Source) -> Iterator[Finding]:
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT and (match := EXCUSE.search(token.string)):
            yield source.at(
                token.start[0], "excuse", f"`{match[0]}` quiets a checker: mend the code"
            )


def find_nameless(source: Source) -> Iterator[Finding]:
    for part in (*source.path.parts[1:-1], source.path.stem):
        if part.strip("_") in NAMELESS:
            yield source.at(1, "name", f"`{part}` says nothing: name the noun of the domain")


def find_bad_imports(source: Source, modules: set[str]) -> Iterator[Finding]:
    for found in find_imports(source.tree, source.package, modules):
        library = found.target.partition(".")[0]
        if library in REPLACED:
            yield source.at(found.line, "import", f"use {REPLACED[library]}, not {library}")
        if library in OURS and found.is_plain:
            yield source.at(found.line, "import", f"write `from {found.target} import ...`")


def find_climbers(source: Source, modules: set[str]) -> Iterator[Finding]:
    if source.path.parts[0] != "src":
        return
    room = room_of(source.module)
    if room is None:
        yield source.at(1, "floor", f"{source.module}: give it a floor in scripts/floors.py")
        return
    for found in find_imports(source.tree, source.package, modules):
        target = room_of(found.target)
        sentence = target and judge(room, target)
        if sentence:
            yield source.at(found.line, "floor", sentence)


def read_sources(folder: Path) -> Iterator[Source | Finding]:
    """Every Python file and stub of the project; a Finding for one that cannot be read."""
    for top in FOLDERS:
        for path in sorted((folder / top).rglob("*.py*")):
            if path.suffix in {".py", ".pyi"}:
                name = path.relative_to(folder)
                try:
                    text = path.read_text(encoding="utf-8")
                    yield Source(name, text, ast.parse(text))
                except (SyntaxError, ValueError) as error:
                    yield Finding(name, getattr(error, "lineno", None) or 1, "syntax", str(error))


def modules_of(sources: Iterable[Source]) -> set[str]:
    """The modules and, also where they have no file, the packages above them."""
    found: set[str] = set()
    for source in sources:
        names = source.module.split(".")
        found.update(".".join(names[:length]) for length in range(1, len(names) + 1))
    return found


def find_all(folder: Path) -> list[Finding]:
    read = list(read_sources(folder))
    sources = [each for each in read if isinstance(each, Source)]
    modules = modules_of(sources)
    findings = {each for each in read if isinstance(each, Finding)}
    for source in sources:
        findings.update(find_untyped(source), find_excuses(source), find_nameless(source))
        findings.update(find_bad_imports(source, modules), find_climbers(source, modules))
    return sorted(findings)


def main(folder: Path) -> int:
    findings = find_all(folder)
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    if not findings:
        sys.stdout.write("guard: nothing found\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
