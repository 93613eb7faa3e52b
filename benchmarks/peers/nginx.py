"""nginx: static files from a folder, two workers, access log on; PUT by its DAV module."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contestants import NGINX
from benchmarks.peers.peer import Peer
from benchmarks.peers.process import free_port, running, wait_for
from benchmarks.tools import find

CONFIGURATION = """
{user}
worker_processes 2;
daemon off;
pid {folder}/pid;
error_log {folder}/log;
events {{ worker_connections 512; }}
http {{
    access_log {folder}/access.log;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    client_max_body_size 0;
    client_body_temp_path {folder}/uploads;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/files;
        location / {{ dav_methods PUT; }}
    }}
}}
"""


@contextmanager
def nginx(folder: Path) -> Iterator[Peer]:
    binary, port, log = find("nginx"), free_port(), folder / "log"
    files = folder / "files"
    files.mkdir(parents=True)
    (files / "healthz").write_text("ok")
    # Started by root its workers would be nobody, who may not look into a temporary folder.
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, user=user))
    with running([binary, "-p", folder, "-e", log, "-c", configuration], log) as process:
        wait_for(process, port, "/healthz", log)
        yield Peer(
            name=NGINX,
            address=f"http://127.0.0.1:{port}",
            prefix="/",
            pid=process.pid,
            lies_at=lambda digest: files / digest,
        )
