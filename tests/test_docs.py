"""What is documented exists, and what exists is documented."""

import re
from pathlib import Path

from data_bank_client.wire.problem import STATUSES

HOME = Path(__file__).parent.parent
PAGES = [HOME / "README.md", HOME / "CONTRIBUTING.md", *sorted((HOME / "docs").glob("*.md"))]
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def read(name: str) -> str:
    return (HOME / name).read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    """What stands under `## title`, up to the next heading of that size."""
    return read(page).split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(text: str, pattern: str) -> list[tuple[str, ...]]:
    """The groups of `pattern` in every row of a table that begins with it."""
    return [match.groups() for match in re.finditer(rf"^\| {pattern} \|", text, re.MULTILINE)]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", read("Makefile"), re.MULTILINE))


def make_targets_named_in(text: str) -> set[str]:
    code = "\n".join(CODE.findall(text))
    return set(re.findall(r"(?:^|[`\n;&] ?|\$ )make ([a-z][a-z-]*)", code))


def test_the_table_of_errors_is_the_one_that_the_service_and_client_use() -> None:
    documented = first_cells(section("docs/api.md", "Errors"), r"([A-Z_]+) \| (\d+)")
    assert documented == [(kind.code, str(status)) for kind, status in STATUSES.items()]


def test_every_make_target_that_the_pages_name_exists() -> None:
    named = {target for page in PAGES for target in make_targets_named_in(page.read_text())}
    assert named <= make_targets()
    assert "check" in named


def test_make_help_tells_every_target() -> None:
    told = set(re.findall(r"^([a-z][a-z-]*):.* ## \w", read("Makefile"), re.MULTILINE))
    assert told == make_targets()


def test_a_make_target_is_found_in_code_and_not_in_prose() -> None:
    text = "make sure `make run` works\n```sh\n$ make test\nmake check && make clean\n```\n"
    assert make_targets_named_in(text) == {"run", "test", "check", "clean"}


def test_the_parts_of_the_docker_image_are_the_pinned_ones() -> None:
    [uv] = re.findall(r"UV_VERSION := (\S+)", read("Makefile"))
    assert f"uv=={uv}\n" in read("Dockerfile")
