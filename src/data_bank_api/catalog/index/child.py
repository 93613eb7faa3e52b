"""The process that makes an index: what it takes of memory ends with it.

    python -P -m data_bank_api.catalog.index.child FOLDER

It is sent the datasets on its standard input, each a line of JSON, and END after the last. Where
END does not come, whoever sent them has gone, and the exit code is 1.
"""

import sys
from collections.abc import Iterator
from typing import BinaryIO

from data_bank_api.catalog.document import Document, read_document
from data_bank_api.catalog.index.engine import engine_errors
from data_bank_api.catalog.index.schema import open_index
from data_bank_api.catalog.index.writing import write_all

END = b"END\n"


def main(folder: str, lines: BinaryIO) -> None:
    with engine_errors():
        index = open_index(folder)
    write_all(index, _documents(lines))


def _documents(lines: BinaryIO) -> Iterator[Document]:
    for line in lines:
        if line == END:
            return
        yield read_document(line)
    raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin.buffer)
