"""How far a file on its way is, for who waits for it."""

from data_bank_api.hub.mirror import Teller
from data_bank_api.hub.rate_words import rate_words
from data_bank_api.hub.transfer_meter import Transfer


class Arrival:
    """How far it is; `moved` is what has come over the network."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self.moved = 0

    def follow(self, transfer: Transfer) -> None:
        self.moved = transfer.moved
        numbers: dict[str, object] = {
            "bytes": transfer.done,
            "bytes_total": transfer.size or None,
            "bytes_per_second": round(transfer.rate),
        }
        text = f"{transfer.done / 1e6:.1f} MB, {rate_words(transfer.rate)}"
        percent = min(100 * transfer.done / transfer.size, 100.0) if transfer.size else 0.0
        self._teller.progress(percent, text, numbers)
