"""The client that calls out by judged connections: it keeps nothing and follows nothing.

No cookies are kept, no proxies and no netrc are taken from the environment, redirects are left to
whoever knows which may be followed, and nothing comes compressed.
"""

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore2
import httpx2

from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.patient_stream import PatientStream
from data_bank_api.network.tls_socket import TlsSocket
from data_bank_api.tracing.span import inner, say

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
MOST_CONNECTIONS = 64
KEPT_SECONDS = 15.0
HEADERS = {"User-Agent": "data-bank", "Accept-Encoding": "identity"}


class JudgedTransport(httpx2.HTTPTransport):
    """httpx2's own, with a pool of judged connections instead of its own.

    Its errors are httpx2's, and ForbiddenError for what leads into the own network. The sockets
    of `tls` are TlsSocket from now on. In a trace a call shows by its host, until the head of the
    answer: addresses may be signed.
    """

    def __init__(self, connections: JudgedConnections, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        tls.sslsocket_class = TlsSocket
        # HTTPTransport has no parameter for where connections come from; its pool has.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls,
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=MOST_CONNECTIONS,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=connections,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        about = {"http.request.method": request.method, "server.address": request.url.host}
        with inner(f"{request.method} {request.url.host}", about, kind="client"):
            response = super().handle_request(request)
            say("http.response.status_code", response.status_code)
        stream: PatientStream = response.extensions["network_stream"]
        stream.begin_body()
        return response


def outgoing_client(
    connections: JudgedConnections, tls: ssl.SSLContext | None = None
) -> httpx2.Client:
    """Several threads may use it. Whoever makes it closes it."""
    return httpx2.Client(
        transport=JudgedTransport(connections, tls or ssl.create_default_context()),
        headers=HEADERS,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=None),
        trust_env=False,
        follow_redirects=False,
    )
