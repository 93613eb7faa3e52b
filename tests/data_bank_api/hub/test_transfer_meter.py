"""How far a download is, and how fast."""

from data_bank_api.hub.transfer_meter import Transfer, TransferMeter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_meter_tells_what_is_there_and_what_moved() -> None:
    meter = TransferMeter(1000, Clock())
    meter.begin(400)
    meter.add(100)
    assert meter.read() == Transfer(done=500, size=1000, moved=100, rate=0.0)


def test_the_rate_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    meter = TransferMeter(10**9, clock)
    rates = list[float]()
    for moved in [100] * 20 + [1000] * 8:
        clock.now += 1.0
        meter.add(moved)
        rates.append(meter.read().rate)
    assert rates[0] == 100.0
    assert rates[19] == 100.0
    assert rates[-1] == 1000.0


def test_what_is_begun_anew_moved_all_the_same() -> None:
    meter = TransferMeter(1000, Clock())
    meter.add(600)
    meter.begin(0)
    meter.add(10)
    assert (meter.read().done, meter.read().moved) == (10, 610)
