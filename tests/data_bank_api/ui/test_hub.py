"""The pages of the mirror."""

from collections.abc import Callable
from itertools import count

import pytest

from data_bank_api.hub.artifacts import Wanted
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.registry import Registry
from data_bank_api.hub.repository import Registration, Repository
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.sync import download, sync
from data_bank_api.hub.trouble import Trouble
from data_bank_client.errors import DigestMismatchError
from data_bank_client.wire.jobs import ACTIVE_STATES
from tests.data_bank_api.api.asked_bank import Asked
from tests.data_bank_api.ui.conftest import Visit
from tests.data_bank_api.ui.visitor import Visitor, tags_of, text_of
from tests.fakes.hub_in_memory import Files, Mirrored, lfs, plain
from tests.running_bank import READ_KEY, UPLOAD_KEY

MARKUP = "<b>bold</b><script>alert(1)<"
FILES = {"config.json": plain("{}"), "model.bin": lfs("weights"), f"{MARKUP}/x": plain("1")}
NUMBERS = count()

Make = Callable[[Files], Repository]


@pytest.fixture
def mirrored(asked: Asked) -> Mirrored:
    """Beside the bank, on its database."""
    return Mirrored(asked.bank.require_desk().database)


@pytest.fixture
def listed(mirrored: Mirrored) -> Make:
    """A new repository that was synced: what is small is there, weights are not."""

    def make(files: Files) -> Repository:
        name = RepoName.parse("model", f"org/number-{next(NUMBERS)}")
        mirrored.hub.commit(files, name)
        mirrored.register(name)
        return sync(mirrored.mirror, name, mirrored.told).repository

    return make


def page_of(repository: Repository) -> str:
    return f"/ui/hub/{repository.repository_id}"


def register(person: Visitor, **fields: str) -> str:
    """The page it leads to."""
    answer = person.submit("/ui/hub/registration", **fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_repositories_are_listed_with_how_far_they_are(
    listed: Make, mirrored: Mirrored, person: Visitor
) -> None:
    half, whole = listed(FILES), listed({"a.bin": lfs("123")})
    download(mirrored.mirror, whole.name, mirrored.told)
    text = text_of(person.page("/ui/hub"))
    assert f"{whole.name} model synced 100 % 1 3 bytes" in text
    assert f"{half.name} model synced 30 % 3 10 bytes" in text


def test_repositories_are_found_by_type_and_id(listed: Make, person: Visitor) -> None:
    one, two = listed(FILES), listed(FILES)
    page = person.page(f"/ui/hub?repo_type=model&repo_id={one.name}")
    assert (str(one.name) in page, str(two.name) in page) == (True, False)
    assert "<option selected>model</option>" in page
    assert "No repository is so." in text_of(person.page("/ui/hub?repo_type=dataset&repo_id=a/b"))
    assert person.get("/ui/hub?repo_type=odd").status_code == 422


def test_the_list_goes_on_and_only_its_beginning_is_live(
    mirrored: Mirrored, person: Visitor
) -> None:
    for each in range(26):
        mirrored.register(RepoName.parse("dataset", f"many/of-{each}"))
    first = person.page("/ui/hub?repo_type=dataset")
    assert 'data-events="/ui/events"' in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = person.page(following)
    assert "data-events" not in second
    assert (first + second).count('">many/of-') == 26
    assert second.count('">many/of-') == 1
    assert 'href="/ui/hub?repo_type=dataset">First page</a>' in second


def test_a_registration_is_made_as_it_was_asked(asked: Asked, person: Visitor) -> None:
    assert 'name="repo_id"' in person.page("/ui/hub/registration")
    place = register(
        person,
        repo_type="dataset",
        repo_id=" org/asked ",
        revision="",
        include="*.csv\r\n\r\n data/ ",
        exclude="old/",
        auto_sync="on",
    )
    found = Registry(asked.bank.require_desk().database).get(place.rpartition("/")[2])
    assert found.asked == Registration(
        RepoName("dataset", "org/asked"),
        patterns=Patterns(("*.csv", "data/"), ("old/",)),
        auto_sync=True,
    )
    text = text_of(person.page(place))
    assert "Only *.csv data/ But not old/" in text
    assert "Synced not yet again at" in text
    assert "hub.sync" in text
    assert "It was not listed yet." in text
    assert "There is one as soon as the bank has all files of a commit." in text


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"repo_type": "model", "repo_id": "../etc"}, 422, "Id: owner/name"),
        ({"repo_type": "space", "repo_id": "a/b"}, 422, "Type: it is model or dataset"),
        ({"repo_type": "model", "repo_id": "a/b", "revision": "a b"}, 422, "Revision: a branch"),
        (
            {"repo_type": "model", "repo_id": "a/b", "include": "a\tb"},
            422,
            "Only these files: a pattern",
        ),
        ({"repo_type": "model", "repo_id": "org/twice"}, 409, "is registered already"),
    ],
)
def test_a_form_that_is_refused_comes_back_as_it_was(
    person: Visitor, fields: dict[str, str], status: int, says: str
) -> None:
    if status == 409:
        register(person, **fields)
    answer = person.submit("/ui/hub/registration", **fields, exclude=f"{MARKUP}\nold/")
    assert (answer.status_code, says in answer.text) == (status, True)
    assert f'value="{fields["repo_id"]}"' in answer.text
    is_of_a_field = status == 422 and fields["repo_type"] == "model"
    assert ('aria-invalid="true" aria-describedby="refusal' in answer.text) == is_of_a_field
    assert f"{MARKUP} old/" in text_of(answer.text)
    assert "b" not in tags_of(answer.text)


def test_a_repository_shows_its_files_and_leads_to_those_in_the_bank(
    listed: Make, person: Visitor
) -> None:
    repository = listed(FILES)
    page = person.page(page_of(repository))
    text = text_of(page)
    assert "synced 30 % in the bank: 3 bytes of 10 bytes, 2 of 3 files" in text
    assert f"{MARKUP}/x completed other 1 byte" in text
    assert "model.bin pending model pytorch 7 bytes not yet" in text
    assert "b" not in tags_of(page)
    digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # of {}
    assert f'<a href="/ui/files/{digest}">config.json</a>' in page
    assert f'action="{page_of(repository)}/download"' in page


def test_files_are_chosen_by_state_and_type(listed: Make, person: Visitor) -> None:
    page = page_of(listed(FILES))
    pending = person.page(f"{page}?status=pending&type=")
    assert ("model.bin" in pending, "config.json" in pending) == (True, False)
    assert '<option value="pending" selected>pending (1)</option>' in pending
    assert "No file is so." in text_of(person.page(f"{page}?status=failed&type=config"))
    assert person.get(f"{page}?status=odd").status_code == 422


def test_many_files_have_pages(listed: Make, person: Visitor) -> None:
    page = page_of(listed({f"{each:03}.txt": plain(str(each)) for each in range(51)}))
    first = person.page(f"{page}?status=completed")
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = person.page(following)
    assert ("050.txt" in second, "049.txt" in second) == (True, False)
    assert f'href="{page}?status=completed">First page</a>' in second


def test_an_empty_repository_says_so(listed: Make, person: Visitor) -> None:
    text = text_of(person.page(page_of(listed({}))))
    assert "It has no files." in text
    assert "synced 0 % in the bank: 0 bytes of 0 bytes, 0 of 0 files" in text


def test_snapshots_are_listed_with_their_manifests(
    listed: Make, mirrored: Mirrored, person: Visitor
) -> None:
    repository = listed({"a.txt": plain("0")})
    name, page = repository.name, page_of(repository)
    commits: list[str] = []
    for each in range(6):
        commits.append(mirrored.hub.commit({"a.txt": plain(f"{each} again")}, name))
        sync(mirrored.mirror, name, mirrored.told)
    first = person.page(page)
    assert commits[-1][:12] in first
    newest = first.split('id="snapshots"')[1].split("</section>")[0]
    assert newest.count('href="/ui/files/') == 5
    assert f'href="{page}/snapshots">All snapshots' in first
    every = person.page(f"{page}/snapshots")
    assert every.count('href="/ui/files/') == 7


def test_a_repository_without_snapshots_says_so(listed: Make, person: Visitor) -> None:
    text = text_of(person.page(f"{page_of(listed(FILES))}/snapshots"))
    assert "There is one as soon as the bank has all files of a commit." in text


def test_a_repository_is_followed_while_a_job_of_it_is_under_way(
    asked: Asked, listed: Make, person: Visitor
) -> None:
    page, jobs = page_of(listed(FILES)), asked.bank.require_desk().jobs
    assert "data-events" not in person.page(page)
    assert person.submit(f"{page}/download").headers["location"] == page
    shown = person.page(page)
    job_id = shown.split('data-events="/ui/events?job_id=')[1][:32]
    job = jobs.get(job_id)
    assert (job.kind, job.state in ACTIVE_STATES) == ("hub.download", True)
    assert f'href="/ui/jobs/{job_id}"' in shown
    assert f'action="{page}/sync"' not in shown
    jobs.cancel(job_id)
    assert person.submit(f"{page}/sync").headers["location"] == page
    text = text_of(person.page(page))
    assert text.index("queued hub.sync") < text.index("cancelled hub.download")


def test_what_went_wrong_is_told(asked: Asked, listed: Make, person: Visitor) -> None:
    repository = listed(FILES)
    trouble = Trouble(code="NOT_FOUND", message=f"gone: {MARKUP}")
    Registry(asked.bank.require_desk().database).mark(repository.repository_id, "error", trouble)
    text = text_of(person.page(page_of(repository)))
    assert f"NOT_FOUND gone: {MARKUP}" in text


def test_files_that_failed_are_counted_and_say_why(
    listed: Make, mirrored: Mirrored, person: Visitor
) -> None:
    repository = listed(FILES)
    mirrored.fetcher.wrong.add("model.bin")
    with pytest.raises(DigestMismatchError):
        download(mirrored.mirror, repository.name, mirrored.told)
    page = page_of(repository)
    assert f'href="{page}?status=failed">1 failed</a>' in person.page(page)
    [artifact] = mirrored.mirror.artifacts.list(
        repository.repository_id, Wanted(("failed",)), None, 2
    )
    assert artifact.error is not None
    assert artifact.error["message"] in text_of(person.page(f"{page}?status=failed"))


def test_a_repository_is_removed_once_that_was_confirmed(listed: Make, person: Visitor) -> None:
    repository = listed(FILES)
    page = page_of(repository)
    assert f'href="{page}/removal"' in person.page(page)
    assert f"Stop mirroring {repository.name}?" in text_of(person.page(f"{page}/removal"))
    assert person.submit(f"{page}/removal").headers["location"] == "/ui/hub"
    assert person.get(page).status_code == 404


def test_who_may_not_change_is_not_offered_it(listed: Make, visit: Visit) -> None:
    page, reader = page_of(listed(FILES)), visit(READ_KEY)
    shown = reader.page(page) + reader.page("/ui/hub")
    assert [each for each in ("/sync", "/removal", "/registration") if each in shown] == []
    assert reader.submit(f"{page}/sync").status_code == 403


def test_who_may_only_upload_registers_and_sees_no_list(visit: Visit) -> None:
    uploader = visit(UPLOAD_KEY)
    text = text_of(uploader.page("/ui/hub"))
    assert ("Register a repository" in text, "Mirrored repositories" in text) == (True, False)
    assert register(uploader, repo_type="model", repo_id="org/blind") == "/ui"


@pytest.mark.parametrize("repository_id", ["0" * 32, "x", "registration/snapshots"])
def test_a_repository_that_is_not_there_is_told(person: Visitor, repository_id: str) -> None:
    assert person.get(f"/ui/hub/{repository_id}").status_code == 404


def test_without_redis_there_is_no_mirror_and_the_pages_say_so(lone: Visitor) -> None:
    for path in ("/ui/hub", "/ui/hub/registration", f"/ui/hub/{'0' * 32}"):
        answer = lone.get(path)
        assert (answer.status_code, "set REDIS_URL" in answer.text) == (503, True)
