"""What the metrics make of what they are told."""

from prometheus_client import CollectorRegistry

from data_bank_api.observability.exposition import Exposition
from data_bank_api.observability.metrics import Metrics
from tests.fakes.scraped import Scraped


def test_methods_without_number_make_no_series_without_number() -> None:
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    for number in range(100):
        metrics.served(f"M{number}", "unmatched", 404, 1, 2, 0.001)
    found = Scraped.parse(Exposition([registry]).text().decode())
    labels = '{method="other",route="unmatched",status="404"}'
    assert found[f"databank_http_request_duration_seconds_count{labels}"] == 100
    assert not [name for name in found.samples if "M1" in name]


def test_a_request_counts_once_in_its_line() -> None:
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    for seconds in (0.0004, 0.003, 400):
        metrics.served("PUT", "/files/{id}", 201, 10, 20, seconds)
    found = Scraped.parse(Exposition([registry]).text().decode())
    line = 'method="PUT",route="/files/{id}"'
    name = "databank_http_request_duration_seconds"
    assert found[f'{name}_sum{{{line},status="201"}}'] == 400.0034
    assert found[f'{name}_bucket{{le="0.005",{line},status="201"}}'] == 2
    assert found[f'{name}_bucket{{le="+Inf",{line},status="201"}}'] == 3
    assert found[f"databank_http_received_bytes_total{{{line}}}"] == 30
    assert found[f"databank_http_sent_bytes_total{{{line}}}"] == 60
