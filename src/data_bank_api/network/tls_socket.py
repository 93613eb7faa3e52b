"""A TLS socket that is closed at once where its peer is gone before TLS begins.

CPython before 3.13 makes the socket, asks for its peer, and where that was reset meanwhile leaves
the socket to be collected: nobody else knows it, since its file descriptor was taken over.
"""

import errno
import os
import ssl


class TlsSocket(ssl.SSLSocket):
    """For `sslsocket_class` of a context."""

    def getpeername(self) -> object:
        """Raises ConnectionResetError where there is none any more, and the socket is closed.

        What CPython asks for before the handshake. By ENOTCONN it would go on without TLS.
        """
        try:
            peer: object = super().getpeername()
        except OSError as error:
            self.close()
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET)) from error
        return peer
