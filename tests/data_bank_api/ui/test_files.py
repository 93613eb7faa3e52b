"""The pages of files."""

import hashlib
from pathlib import Path

import pytest

from data_bank_client.wire.digest import Digest
from tests.data_bank_api.api.asked_bank import Asked
from tests.data_bank_api.ui.conftest import Visit
from tests.data_bank_api.ui.visitor import OWN, Visitor, tags_of, text_of
from tests.fakes.files import describe, put
from tests.running_bank import READ_KEY, UPLOAD_KEY

BOUNDARY = "xxxx"


def form(content: bytes, kind: str = "text/csv") -> bytes:
    head = f'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: {kind}'
    return b"--%s\r\n%s\r\n\r\n%s\r\n--%s--\r\n" % (
        BOUNDARY.encode(),
        head.encode(),
        content,
        BOUNDARY.encode(),
    )


def send_form(visitor: Visitor, content: bytes) -> str:
    """Where the browser is led."""
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = visitor.ask("POST", f"/ui/files?proof={visitor.proof}", form(content), **kind, **OWN)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def send_as_script(
    visitor: Visitor, name: str, content: bytes, **headers: str
) -> dict[str, object]:
    sent = {"Accept": "application/json", "X-Proof": visitor.proof, **OWN, **headers}
    answer = visitor.ask("POST", f"/ui/files?name={name}", content, **sent)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def test_a_form_without_scripts_stores_a_file_and_leads_to_it(person: Visitor) -> None:
    digest = hashlib.sha256(b"a,b\n").hexdigest()
    assert send_form(person, b"a,b\n") == f"/ui/files/{digest}"
    text = text_of(person.page(f"/ui/files/{digest}"))
    assert f"Id (SHA-256) {digest} Size 4 bytes Type text/csv" in text


def test_who_may_only_store_is_told_the_id(visit: Visit) -> None:
    visitor = visit(UPLOAD_KEY)
    place = send_form(visitor, b"only mine")
    digest = hashlib.sha256(b"only mine").hexdigest()
    assert f"Stored as {digest}" in text_of(visitor.page(place))
    assert "<table" not in visitor.page(place)
    assert send_as_script(visitor, "x", b"only mine")["path"] is None


def test_what_a_script_stores_is_told_and_has_the_type_of_its_name(person: Visitor) -> None:
    told = send_as_script(person, "rows.parquet", b"PAR1 really")
    assert told["is_new"] is True
    file = told["file"]
    assert isinstance(file, dict)
    assert file["content_type"] == "application/vnd.apache.parquet"
    assert told["path"] == f"/ui/files/{file['file_id']}"
    assert send_as_script(person, "rows.parquet", b"PAR1 really")["is_new"] is False


def test_a_file_without_a_byte_is_a_file(person: Visitor) -> None:
    file = send_as_script(person, "empty.csv", b"")["file"]
    assert isinstance(file, dict)
    assert (file["size"], file["content_type"]) == (0, "text/csv")


def test_a_type_that_the_browser_knows_is_kept(person: Visitor) -> None:
    file = send_as_script(person, "a.parquet", b"known", Content_Type="text/x-mine")["file"]
    assert isinstance(file, dict)
    assert file["content_type"] == "text/x-mine"


def test_a_key_that_may_not_store_stores_nothing_and_is_offered_nothing(visit: Visit) -> None:
    reader = visit(READ_KEY)
    assert 'id="upload"' not in reader.page("/ui/files")
    sent = {"Accept": "application/json", "X-Proof": reader.proof, **OWN}
    answer = reader.ask("POST", "/ui/files?name=x", b"refused", **sent)
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    digest = Digest.of(b"refused")
    assert reader.get(f"/ui/files/{digest}").status_code == 404


def test_files_are_listed_in_pages_and_found_by_how_their_id_begins(
    asked: Asked, person: Visitor
) -> None:
    ids = sorted(put(asked.bank.store, b"%d" % each).info.digest.hex for each in range(60))
    first = person.page("/ui/files")
    assert ids[0] in first
    assert "First page" not in first
    following = first.split('rel="next" href="')[1].split('"')[0]
    second = person.page(following)
    assert ids[-1] in second
    assert ids[0] not in second
    assert "First page" in second
    found = person.page(f"/ui/files?prefix={ids[7][:5].upper()}")
    assert ids[7] in found
    assert ids[8] not in found
    assert "id begins so." in person.page(f"/ui/files?prefix={'0' * 64}")


def test_a_file_comes_down_as_it_was_under_the_name_that_was_chosen(
    asked: Asked, person: Visitor
) -> None:
    digest = put(asked.bank.store, b"down").info.digest
    page = person.page(f"/ui/files/{digest}")
    assert f'name="filename" value="{digest.hex[:12]}.txt"' in page
    assert f"databank get {digest} -o {digest.hex[:12]}.txt" in page
    answer = person.get(f"/ui/files/{digest}/download?filename=mine.txt")
    assert answer.content == b"down"
    assert answer.headers["content-disposition"] == 'attachment; filename="mine.txt"'
    part = person.get(f"/ui/files/{digest}/download", Range="bytes=1-2")
    assert (part.status_code, part.content) == (206, b"ow")


@pytest.mark.parametrize("size", [4, 300_000])
def test_who_has_signed_out_gets_no_file_from_the_cache_of_his_browser(
    asked: Asked, person: Visitor, size: int
) -> None:
    path = f"/ui/files/{put(asked.bank.store, b'c' * size).info.digest}/download"
    kept = person.get(path)
    again = person.get(path, If_None_Match=kept.headers["etag"])
    person.cookie = ""
    for answer in (kept, again):
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["vary"] == "Cookie"
    assert (kept.status_code, again.status_code) == (200, 304)
    assert person.get(path, If_None_Match=kept.headers["etag"]).status_code == 303


def test_a_name_for_a_type_that_nobody_knows_has_no_ending(asked: Asked, person: Visitor) -> None:
    info = describe(b"odd", "x-odd/x-odd")
    put(asked.bank.store, b"odd", info)
    assert f'value="{info.digest.hex[:12]}"' in person.page(f"/ui/files/{info.digest}")


def test_markup_in_a_type_is_text(asked: Asked, person: Visitor) -> None:
    info = describe(b"markup", 'text/html; x="><script>alert(1)</script><b>')
    put(asked.bank.store, b"markup", info)
    for path in (f"/ui/files/{info.digest}", f"/ui/files?prefix={info.digest.hex[:8]}"):
        page = person.page(path)
        assert "<script>alert(1)</script>" in text_of(page)
        assert "b" not in tags_of(page)


def test_a_file_is_removed_after_a_question(asked: Asked, person: Visitor, visit: Visit) -> None:
    digest = put(asked.bank.store, b"gone soon").info.digest
    page, removal = f"/ui/files/{digest}", f"/ui/files/{digest}/removal"
    assert removal in person.page(page)
    assert removal not in visit(READ_KEY).page(page)
    assert "Remove this file?" in person.page(removal)
    assert person.submit(removal).headers["location"] == "/ui/files"
    assert person.get(page).status_code == 404
    assert person.submit(removal).status_code == 404


def test_who_may_only_remove_is_led_to_the_overview(asked: Asked, visit: Visit) -> None:
    digest = put(asked.bank.store, b"by the cleaner").info.digest
    answer = visit("delete-key-0003").submit(f"/ui/files/{digest}/removal", force="on")
    assert answer.headers["location"] == "/ui"


@pytest.mark.parametrize("path", ["/ui/files/xyz", "/ui/files/xyz/download", "/ui/files?stored=x"])
def test_what_is_no_id_is_told_so(person: Visitor, path: str) -> None:
    answer = person.get(path)
    assert answer.status_code == 422
    assert "SHA-256 in 64 hexadecimal digits" in answer.text


def test_a_damaged_file_is_told_on_a_page(asked: Asked, person: Visitor) -> None:
    digest = put(asked.bank.store, b"to be damaged").info.digest
    root: Path = asked.bank.settings.data_root
    [path] = root.rglob(f"{digest}.bin")
    path.write_bytes(b"cut")
    answer = person.get(f"/ui/files/{digest}/download")
    assert answer.status_code == 503
    assert "upload the file again to heal it" in answer.text
