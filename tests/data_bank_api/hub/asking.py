"""The Hub's client as the bank makes it, asking a stand-in for a small model."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.hub import Hub, HubLimits
from data_bank_api.hub.hub_path import HubPath
from data_bank_api.hub.pace import Pace
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from data_bank_api.network.patient_stream import StreamPatience
from tests.fakes.hub.stand_in import StandInHub

NAME = RepoName.parse("model", "org/model")
CONFIG, WEIGHTS = HubPath.parse("config.json"), HubPath.parse("a b/#1%.bin")
FILES = {"config.json": b'{"a": 1}', "a b/#1%.bin": b"weights", "empty.txt": b""}


@contextmanager
def asking(
    stand_in: StandInHub,
    token: str | None = None,
    *,
    hosts: tuple[str, ...] = (),
    limits: HubLimits | None = None,
    sleep: Callable[[float], None] | None = None,
    patience: StreamPatience | None = None,
) -> Iterator[Hub]:
    policy = RedirectPolicy(Endpoint.parse(stand_in.endpoint), hosts)
    connections = JudgedConnections(policy.may_be_private, patience=patience or StreamPatience())
    with outgoing_client(connections) as http:
        yield Hub(policy, token, http, limits, Pace(sleep=sleep) if sleep else None)
