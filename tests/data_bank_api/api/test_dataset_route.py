import pytest
from starlette.routing import Match

from data_bank_api.api.dataset_route import ABOUTS, About, DatasetRoute, Place, find_place


@pytest.mark.parametrize(
    ("path", "dataset_id", "about"),
    [
        ("squad", "squad", ""),
        ("org/name", "org/name", ""),
        ("org%2Fname", "org/name", ""),
        ("org%2fname", "org/name", ""),
        ("org/name/files", "org/name", "files"),
        ("org%2Fname/commits", "org/name", "commits"),
        ("org/n%61me/file%2Durl", "org/name", "file-url"),
        ("squad/files", "squad", "files"),
        ("meta/files", "meta", "files"),
        ("org%2Fcommits", "org/commits", ""),
        ("org/commits", "org", "commits"),
        ("org%2Fcommits/commits", "org/commits", "commits"),
        ("org/commits/commits", "org/commits", "commits"),
        ("commits", "commits", ""),
        ("a%2Fb%2Fc", "a/b/c", ""),
        ("%C3%A9", "é", ""),
        ("%ff", "\ufffd", ""),
    ],
)
def test_a_path_names_a_dataset_and_what_is_asked_of_it(
    path: str, dataset_id: str, about: About
) -> None:
    assert find_place(f"/api/datasets/{path}".encode()) == Place(dataset_id, about)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/api/datasets",
        "/api/datasets/",
        "/api/datasets/a/b/c",
        "/api/datasets/a/b/c/files",
        "/api/datasets//name",
        "/api/datasets/a/",
        "/api/models/a",
        "/api%2Fdatasets/a",
    ],
)
def test_other_paths_name_no_dataset(path: str) -> None:
    assert find_place(path.encode()) is None


async def nothing(*_: object) -> None:
    return None


def match(about: str, **scope: object) -> tuple[Match, object]:
    [found] = [each for each in ABOUTS if each == about]
    route = DatasetRoute("/api/datasets/{dataset_id}", found, nothing)
    matched, child = route.matches({"type": "http", "path": "", **scope})
    return matched, child.get("path_params")


def test_a_route_takes_what_is_asked_of_it_alone() -> None:
    sent = {"raw_path": b"/api/datasets/org%2Fx/files", "path": "/api/datasets/org/x/files"}
    assert match("files", **sent) == (Match.FULL, {"dataset_id": "org/x"})
    assert match("", **sent) == (Match.NONE, None)
    assert match("", type="websocket", path="/api/datasets/x") == (Match.NONE, None)
    assert match("", path="/api/other") == (Match.NONE, None)


@pytest.mark.parametrize(
    "scope",
    [
        {"path": "/api/datasets/x y"},
        {"raw_path": b"/api/datasets/x%20y"},
        {"raw_path": b"http://bank:80/api/datasets/x%20y"},
        {"raw_path": b"/a%20b/api/datasets/x%20y", "root_path": "/a b"},
    ],
    ids=["decoded only", "raw", "absolute", "mounted"],
)
def test_servers_say_a_path_in_several_ways(scope: dict[str, object]) -> None:
    assert match("", **scope) == (Match.FULL, {"dataset_id": "x y"})
