"""Files that hold no JSON text, told by their first bytes."""

from __future__ import annotations

from collections.abc import Mapping

from protocols.readers.format import Compression

FOREIGN: dict[bytes, str] = {
    b"\xff\xfe\0\0": "UTF-32 text",
    b"\0\0\xfe\xff": "UTF-32 text",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\0": "an xz archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x04\x22\x4d\x18": "an lz4 archive",
    b"\xff\x06\0\0sNaPpY": "a snappy archive",
    b"PAR1": "a Parquet file",
    b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
    b"ARROW1": "an Arrow file",
    b"SQLite format 3\0": "an SQLite database",
    b"%PDF-": "a PDF document",
    b"\x89PNG\r\n\x1a\n": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
}
"""First bytes to what such a file is called; the longer of two beginnings comes first."""

MOST_MAGIC = 262  # a tar archive says so at byte 257


def foreign(head: bytes, packed_in: str | None, compressions: Mapping[str, Compression]) -> str | None:
    """Why these first bytes begin no JSON text, in one sentence; None when they may.

    `packed_in` is the name of the compression that they came out of.
    """
    name = _name(head, packed_in, compressions)
    if name is None:
        return None
    inside = f"inside the {packed_in} archive stands {name}" if packed_in else f"this is {name}"
    advice = "convert it to UTF-8" if name.startswith("UTF") else "unpack it first" if name.endswith("archive") else "it holds no JSON text"
    return f"{inside}, which is not read; {advice}"


def _name(head: bytes, packed_in: str | None, compressions: Mapping[str, Compression]) -> str | None:
    for magic, name in FOREIGN.items():
        if head.startswith(magic):
            return name
    for name, compression in compressions.items():
        if head.startswith(compression.magic):
            return f"{'another' if name == packed_in else 'a'} {name} archive"
    if head[257:262] == b"ustar":
        return "a tar archive"
    text = head.lstrip(b" \t\r\n")
    if len(text) > 3 and text[0:4:3] in (b"{\0", b"[\0") and text[1:2] == b"\0":
        return "UTF-16 text"
    if b"\0" in head and not text.startswith((b"{", b"[", b"\xef\xbb\xbf")):
        return "UTF-16 text" if head[0:1] == b"\0" and head[1:2] in (b"{", b"[") else "a binary file"
    return None
