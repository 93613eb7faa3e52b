"""The key that a request carries."""


def presented_key(x_api_key: str, authorization: str) -> str | None:
    """From the two header fields, empty where they are not there; `X-API-Key` goes first."""
    key = x_api_key.strip()
    if not key:
        scheme, _, credentials = authorization.partition(" ")
        key = credentials.strip() if scheme.lower() == "bearer" else ""
    return key or None
