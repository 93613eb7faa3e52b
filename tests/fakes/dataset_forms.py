"""Forms that bring a dataset, as browsers and curl write them."""

CSV = b"city,people\nOslo,709000\nBergen,291000\n"
FORM = {"Content-Type": "multipart/form-data; boundary=XX"}


def file_part(
    content: bytes, filename: str | None = "a.csv", kind: str | None = "text/csv"
) -> bytes:
    head = b'Content-Disposition: form-data; name="file"'
    if filename is not None:
        head += b'; filename="' + filename.encode() + b'"'
    if kind is not None:
        head += b"\r\nContent-Type: " + kind.encode()
    return b"--XX\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


def name_part(name: bytes) -> bytes:
    return b'--XX\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + name + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--XX--\r\n"
