"""Who gets what, and how the Hub says no.

A token is `member` (may see everything), `stranger` (is known, may see what is public) or unknown.
An unknown repository and a private one look the same: without a token 401, with one 404.
"""

from tests.fakes.hub.messages import Answer, Request, refusal
from tests.fakes.hub.repository import Repository

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Authentication required", charset="UTF-8"'}


class Access:
    def __init__(self, member: str, stranger: str) -> None:
        self.member = member
        self.stranger = stranger

    def refuse_token(self, request: Request) -> Answer | None:
        """For a token that nobody has."""
        if request.token in (None, self.member, self.stranger):
            return None
        return refusal(401, None, "Invalid credentials in Authorization header", CHALLENGE)

    def refuse_repository(self, request: Request, repository: Repository | None) -> Answer | None:
        """Where there is none, or none for this one to see."""
        if repository is not None and (not repository.spec.private or request.token == self.member):
            return None
        if request.token is None:
            return refusal(401, "RepoNotFound", "Invalid username or password.", CHALLENGE)
        return refusal(404, "RepoNotFound", "Repository not found")

    def refuse_files(self, request: Request, repository: Repository) -> Answer | None:
        """Of a gated repository everybody sees the list, and members get the files."""
        if not repository.spec.gated or request.token == self.member:
            return None
        shown = f"Access to {repository.repo_type} {repository.repo_id} is restricted"
        if request.token is None:
            message = f"{shown}. You must have access to it and be authenticated to access it."
            return refusal(401, "GatedRepo", message, CHALLENGE)
        return refusal(403, "GatedRepo", f"{shown} and you are not in the authorized list.")
