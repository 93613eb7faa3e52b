"""A bank for a browser, and what must not happen there."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from playwright.sync_api import ConsoleMessage, Error, Page, Request

from tests.running_bank import UPLOAD_KEY, RunningBank

ALL = "good-for-everything"
KEYS = {
    "API_UPLOAD_KEYS": f"{ALL},{UPLOAD_KEY}",
    "API_READ_KEYS": f"{ALL},read-key-0002",
    "API_DELETE_KEYS": f"{ALL},delete-key-0003",
}


@dataclass(frozen=True, slots=True)
class House:
    bank: RunningBank

    @property
    def address(self) -> str:
        return self.bank.address

    def ping(self, seconds: float, message: str) -> str:
        """The id of a new job."""
        asked = {"kind": "ping", "arguments": {"seconds": seconds, "message": message}}
        answer = self.bank.request("POST", "/jobs", ALL, msgspec.json.encode(asked))
        return str(answer.json()["job_id"])

    def state(self, job_id: str) -> str:
        return str(self.bank.get(f"/jobs/{job_id}", ALL).json()["state"])

    def progress(self, job_id: str) -> float:
        return float(self.bank.get(f"/jobs/{job_id}", ALL).json()["progress"])

    def count_found(self, words: str) -> int:
        """How many datasets of the catalog a search finds; none while there is no index."""
        answer = self.bank.get(f"/api/datasets?search={words}", ALL)
        return int(answer.json()["total"]) if answer.status_code == 200 else 0

    def mirror(self, repo_id: str) -> str:
        """A model, of which the weights are not fetched: the id of its repository."""
        asked = msgspec.json.encode({"repo_id": repo_id})
        self.bank.request("POST", "/v1/hub/register", ALL, asked)
        listed = self.bank.get(f"/v1/hub/repos?repo_id={repo_id}", ALL).json()
        return str(listed["items"][0]["repository_id"])

    def is_listed(self, repository_id: str) -> bool:
        """Whether no job is to do anything with it any more."""
        told = self.bank.get(f"/v1/hub/repos/{repository_id}", ALL).json()
        return bool(told["status"] == "synced" and told["artifacts"]["completed"]["files"])

    def end(self, job_id: str) -> None:
        """Cancel it."""
        self.bank.request("POST", f"/jobs/{job_id}/cancel", ALL)


@dataclass
class Watch:
    """What must not happen in a page, and has."""

    host: str
    allowed: tuple[str, ...] = ()
    seen: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        is_allowed = any(each in message.text for each in self.allowed)
        if message.type in ("error", "warning") and not is_allowed:
            self.seen.append(f"{message.type}: {message.text}")

    def failed(self, error: Error) -> None:
        self.seen.append(f"page error: {error}")

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.netloc != self.host and parts.scheme not in ("data", "blob", "about"):
            self.seen.append(f"request to {request.url}")

    def follow(self, page: Page) -> None:
        page.on("console", self.console)
        page.on("pageerror", self.failed)
        page.on("request", self.request)


def sign_in(page: Page, key: str = ALL) -> None:
    page.goto("/")
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Overview").wait_for()


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
