"""Somebody with a browser, without the browser: a bank in this process, asked as a page would."""

import asyncio
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx2

from tests.data_bank_api.api.asked_bank import Asked

HOST = "bank"
OWN = {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}
HTMX = {"HX-Request": "true"}
_PROOF = re.compile(r'name="proof" value="([0-9a-f]{64})"')


@dataclass
class Visitor:
    """It keeps its cookie; `close` it."""

    asked: Asked
    cookie: str = ""
    _runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def ask(
        self, method: str, path: str, content: bytes | None = None, **headers: str
    ) -> httpx2.Response:
        """Underscores in names of headers stand for hyphens."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            sent["Cookie"] = f"databank_session={self.cookie}"
        answer = self._runner.run(self._send(method, path, content, sent))
        if "databank_session" in answer.cookies:
            self.cookie = answer.cookies["databank_session"].strip('"')
        return answer

    async def _send(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> httpx2.Response:
        transport = httpx2.ASGITransport(self.asked.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
            return await client.request(method, path, content=content, headers=headers)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.ask("GET", path, None, **headers)

    def together(self, path: str, times: int) -> list[httpx2.Response]:
        """Asked for so often at once."""
        sent = {"Cookie": f"databank_session={self.cookie}"}

        async def ask_all() -> list[httpx2.Response]:
            asks = (self._send("GET", path, None, sent) for _ in range(times))
            return list(await asyncio.gather(*asks))

        return self._runner.run(ask_all())

    def page(self, path: str, **headers: str) -> str:
        """The text of a page that is there."""
        answer = self.get(path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx2.Response:
        """A form, as our own pages send it."""
        form = str(httpx2.QueryParams(fields)).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, form, **{**kind, **OWN, **headers})

    def sign_in(self, key: str) -> httpx2.Response:
        return self.post("/ui/sign-in", {"key": key})

    @property
    def proof(self) -> str:
        """That of its forms."""
        found = _PROOF.search(self.page("/ui"))
        assert found is not None
        return found[1]

    def submit(self, path: str, **fields: str) -> httpx2.Response:
        """A form with its proof."""
        return self.post(path, {"proof": self.proof, **fields})

    def close(self) -> None:
        self._runner.close()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def read(page: str) -> _Text:
    parser = _Text()
    parser.feed(page)
    return parser


def text_of(page: str) -> str:
    """What somebody reads."""
    return " ".join(" ".join(read(page).said).split())


def tags_of(page: str) -> set[str]:
    return read(page).tags


def attributes_of(page: str) -> set[str]:
    return read(page).attributes
