"""A courier in a process of its own, to be killed: it calls whom the database says.

python -m tests.fakes.courier_process DATABASE_URL AUTHORITY_FILE
"""

import ssl
import sys
import time

from data_bank_api.db.database import Database
from data_bank_api.jobs.courier import Courier
from data_bank_api.jobs.webhook_post import HttpsPost
from data_bank_api.queue.deliveries import Deliveries


def main(database_url: str, authority_file: str) -> None:
    trust = ssl.create_default_context(cafile=authority_file)
    courier = Courier(Deliveries(Database(database_url)), HttpsPost(trust, may_be_private=True))
    while True:
        courier.tick()
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
