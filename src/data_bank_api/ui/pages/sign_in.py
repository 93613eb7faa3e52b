"""`/ui/sign-in`, `/ui/sign-out`: a key becomes a session, which a cookie carries."""

import re
from dataclasses import dataclass

from starlette.responses import Response

from data_bank_api.api.resource import PUBLIC
from data_bank_api.auth.session import SCOPES, Sessions
from data_bank_api.ui.places import HOME, SIGN_IN
from data_bank_api.ui.same_origin import is_https
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import COOKIE, View, Window
from data_bank_client.errors import ForbiddenError

# A page of ours: no other host can be written so.
_OURS = re.compile(r"\A/ui(/[A-Za-z0-9._~%!$&'()*+,;=:@-]+)*(\?[\x21-\x7e]*)?\Z")


def sign_in_windows(sessions: Sessions) -> list[Window]:
    door = Door(sessions)
    return [
        Window(SIGN_IN, {"GET": View(PUBLIC, door.ask), "POST": View(PUBLIC, door.open)}),
        Window("/ui/sign-out", {"POST": View(SCOPES, door.close)}),
    ]


@dataclass(frozen=True, slots=True)
class Door:
    sessions: Sessions

    async def ask(self, visit: Visit) -> Response:
        return visit.show("sign_in.html", next=_next(visit), refusal="")

    async def open(self, visit: Visit) -> Response:
        try:
            token = self.sessions.open(visit.fields.get("key", "").strip())
        except ForbiddenError as error:
            return visit.show("sign_in.html", 403, next=_next(visit), refusal=error.message)
        answer = visit.lead(_next(visit))
        answer.set_cookie(
            COOKIE,
            token,
            max_age=self.sessions.seconds,
            path=HOME,
            secure=is_https(visit.request.headers),
            httponly=True,
            samesite="strict",
        )
        return answer

    async def close(self, visit: Visit) -> Response:
        answer = visit.lead(SIGN_IN)
        answer.delete_cookie(
            COOKIE,
            path=HOME,
            secure=is_https(visit.request.headers),
            httponly=True,
            samesite="strict",
        )
        return answer


def _next(visit: Visit) -> str:
    """The page to go on to, which is one of ours whatever was sent."""
    asked = visit.fields.get("next") or visit.request.query_params.get("next", "")
    return asked if _OURS.match(asked) else HOME
