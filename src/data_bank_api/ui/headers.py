"""What every answer below `/ui` says to browsers: load from here only, and no code in the page."""

from types import MappingProxyType

_RULES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)
POLICY = "; ".join(_RULES)

GUARDS = MappingProxyType(
    {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        # With `no-referrer` a form would say `Origin: null`, by which it could not be told from
        # one of another site.
        "referrer-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
)

# A page is of one session and of one moment.
PAGE_HEADERS = MappingProxyType(
    {**GUARDS, "cache-control": "no-store", "vary": "Cookie, HX-Request"}
)
