"""A cable to a server that can be cut, or held: a TCP relay with a limit on what comes back."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Cable:
    """Relays each connection to `(host, port)`.

    `allowances` are bytes that the server's answers may bring, one for each connection; when
    one is used up, `is_cut` says whether its connection ends or is held. After the last there
    is no limit. `sent` counts the bytes of both directions.
    """

    def __init__(self, host: str, port: int, allowances: list[int], *, is_cut: bool) -> None:
        self._far = (host, port)
        self._allowances = allowances
        self._is_cut = is_cut
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.sent = 0
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in [self._listening, *self._open]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed at the end
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._far)
                self._open += [near, far]
                allowance = self._allowances.pop(0) if self._allowances else None
                threading.Thread(target=self._pour, args=(near, far, None), daemon=True).start()
                threading.Thread(
                    target=self._pour, args=(far, near, allowance), daemon=True
                ).start()

    def _pour(self, source: socket.socket, target: socket.socket, allowance: int | None) -> None:
        left = allowance
        with suppress(OSError):
            while left is None or left > 0:
                chunk = source.recv(65536 if left is None else min(65536, left))
                if not chunk:
                    break
                target.sendall(chunk)
                self.sent += len(chunk)
                left = None if left is None else left - len(chunk)
            if left != 0 or self._is_cut:
                for each in (source, target):
                    each.shutdown(socket.SHUT_RDWR)
