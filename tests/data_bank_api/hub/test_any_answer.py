"""Whatever a Hub answers, it is an answer or an error of the bank, and soon over."""

from collections.abc import Callable
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2
from hypothesis import example, given
from hypothesis import strategies as st

from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.hub import Hub, HubLimits
from data_bank_api.hub.pace import Pace
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_client.errors import DataBankClientError
from tests.data_bank_api.hub.asking import CONFIG, NAME

COMMIT = "c" * 40
MOST = 30  # requests

Headers = list[tuple[bytes, bytes]]
VALUES = st.binary(max_size=40) | st.sampled_from(
    [
        b"http://hub.test/x",
        b"/x",
        b"//evil.test/",
        b"http://[::1",
        b"http://\xff/",
        b"http://a:99999/",
        b"x:y",
        b'<http://hub.test/api/models/org/model/tree/1>; rel="next"',
        b'</>; rel="next"',
        b'"api";r=0;t=999999999',
        b"99999999999999999999",
        b"Fri, 31 Dec 9999 23:59:59 GMT",
        b"c" * 40,
        b"RepoNotFound",
    ]
)
NAMES = st.sampled_from(
    [
        *(b"Location", b"Link", b"RateLimit", b"Retry-After", b"Date", b"ETag"),
        *(b"X-Repo-Commit", b"X-Linked-Size", b"X-Linked-ETag", b"X-Error-Code"),
        *(b"Content-Encoding", b"Set-Cookie", b"Content-Length"),
    ]
)
ANSWERS = st.tuples(
    st.integers(200, 599) | st.sampled_from([200, 302, 307, 401, 404, 429]),
    st.lists(st.tuples(NAMES, VALUES), max_size=4),
    st.binary(max_size=20)
    | st.sampled_from([b"[]", b'{"sha":"' + b"c" * 40 + b'"}', b'{"safetensors":null}']),
)


def asks(hub: Hub) -> list[Callable[[], object]]:
    return [
        lambda: hub.pin(NAME, "main"),
        lambda: hub.tensors(NAME, COMMIT),
        lambda: list(hub.tree(NAME, COMMIT)),
        lambda: hub.locate(NAME, COMMIT, CONFIG),
        lambda: hub.read_small(NAME, COMMIT, CONFIG, 10),
    ]


@given(ANSWERS)
@example((302, [(b"Location", b"http://\xff/")], b""))
@example((200, [], b'{"sha":"\xff","safetensors":"\xff"}'))
@example((200, [(b"Link", b'<http://hub.test/\xff>; rel="next"')], b"[]"))
def test_an_answer_of_any_kind_is_one_or_an_error_and_the_token_stays(
    answer: tuple[int, Headers, bytes],
) -> None:
    requests: list[httpx2.Request] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        status, headers, body = answer
        return httpx2.Response(status, headers=headers, stream=httpx2.ByteStream(body))

    policy = RedirectPolicy(Endpoint.parse("http://hub.test"))
    jar = CookieJar(DefaultCookiePolicy(allowed_domains=()))  # as outgoing_client has it
    errors: list[str] = []
    with httpx2.Client(transport=httpx2.MockTransport(respond), cookies=jar) as http:
        hub = Hub(policy, "hf_token", http, HubLimits(pages=3), Pace(sleep=lambda _: None))
        for ask in asks(hub):
            try:
                ask()
            except DataBankClientError as error:
                errors.append(error.message)
    assert "hf_token" not in "".join(errors)
    assert len(requests) <= MOST
    assert all(
        each.url.host == "hub.test" or "authorization" not in each.headers for each in requests
    )
