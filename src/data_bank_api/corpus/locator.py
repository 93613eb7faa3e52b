"""Where a file at an https address is now, as the mirror's downloads ask for it."""

import httpx2

from data_bank_api.corpus.web_files import WebFile, WebFiles
from data_bank_api.hub.located import Located, Rest
from data_bank_client.errors import ExternalServiceError


class Locator:
    """Says where the file is: at first what was found already, later it looks again."""

    def __init__(self, files: WebFiles, url: httpx2.URL, found: WebFile) -> None:
        self._files = files
        self._url = url
        self._size = found.size
        self._found: WebFile | None = found

    def __call__(self, _: Rest) -> Located:
        file, self._found = self._found or self._files.look(self._url), None
        if file.size != self._size:
            raise ExternalServiceError("the file has changed while it was fetched")
        headers = {} if file.etag is None else {"If-Range": file.etag}
        return Located(file.url, headers, file.size, file.etag, None, None)
