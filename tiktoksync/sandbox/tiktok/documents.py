"""Labels and packing slips: small files under an address of their own for a day."""

from __future__ import annotations

from tiktoksync.sandbox.http import Answer
from tiktoksync.sandbox.tiktok.state import TikTokState

PREFIX = "/sandbox/documents/"
LIFE_SECONDS = 24 * 3600
KINDS = (
    "SHIPPING_LABEL", "PACKING_SLIP", "SHIPPING_LABEL_AND_PACKING_SLIP", "SHIPPING_LABEL_PICTURE",
    "HAZMAT_LABEL",
)  # fmt: skip
SIZES = {"A6": (298, 420), "A5": (420, 595)}


def store_document(state: TikTokState, lines: list[str], size: str, kind: str) -> str:
    """Keep a document with these lines of text; returns its path."""
    if kind == "ZPL":
        name, content = "zpl", _zpl(lines)
    else:
        name, content = "pdf", _pdf(lines, SIZES[size])
    path = f"{PREFIX}{state.new_id('88')}.{name}"
    state.documents[path] = (state.clock.line() + LIFE_SECONDS, content)
    return path


def serve_document(state: TikTokState, path: str) -> Answer:
    """The file, as long as its address lives."""
    due, content = state.documents.get(path, (0.0, b""))
    if path not in state.documents:
        return Answer.json({"error": "no such document"}, 404)
    if due <= state.clock.line():
        return Answer.json({"error": "the address has expired"}, 403)
    kind = "application/pdf" if path.endswith(".pdf") else "text/plain"
    return Answer(200, content, {"Content-Type": kind})


def _zpl(lines: list[str]) -> bytes:
    rows = "".join(f"^FO40,{60 + 50 * n}^A0N,32^FD{text}^FS" for n, text in enumerate(lines))
    return f"^XA{rows}^XZ".encode("ascii", "replace")


def _pdf(lines: list[str], size: tuple[int, int]) -> bytes:
    """One page of plain text, as small as a PDF can be."""
    width, height = size
    rows = " ".join(f"({_escaped(text)}) Tj T*" for text in lines)
    page = f"BT /F1 11 Tf 15 TL 24 {height - 40} Td {rows} ET".encode("latin-1", "replace")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>>>>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
