"""Pictures of products: taken in from addresses and uploads, served, and failing."""

import time
from typing import Any

import pytest

from tests.sandbox.clients import Reply, World, send
from tests.sandbox.shopify.products import made, product_set, two_by_two, variant
from tiktoksync.sandbox.pictures import picture, picture_path
from tiktoksync.sandbox.shopify.media import read_picture

MEDIA = """query($id: ID!) { product(id: $id) { featuredMedia { id } media(first: 10) { nodes { id
  alt mediaContentType status mediaErrors { code message } preview { status }
  ... on MediaImage { mimeType image { url width height altText } } } }
  variants(first: 5) { nodes { sku media(first: 5) { nodes { id } } } } } }"""
STAGE = """mutation($input: [StagedUploadInput!]!) { stagedUploadsCreate(input: $input) {
  stagedTargets { url resourceUrl parameters { name value } }
  userErrors { field message } } }"""
PNG = picture("test", 40, 30)


def media_of(box: World, gid: str) -> list[Any]:
    """The media once none of them is on its way any more."""
    until = time.monotonic() + 10
    while True:
        rows = box.store.data(MEDIA, {"id": gid})["product"]["media"]["nodes"]
        if all(one["status"] in ("READY", "FAILED") for one in rows):
            return list(rows)
        assert time.monotonic() < until, rows
        box.control.post("clock/advance", seconds=0)


def with_files(box: World, *sources: str, **more: Any) -> Any:
    return made(box.store, two_by_two(files=[{"originalSource": one} for one in sources], **more))


def test_a_picture_is_fetched_and_served_by_the_store(box: World) -> None:
    source = box.url + picture_path("a", 640, 480)
    product = with_files(box, source)
    assert [one["status"] for one in product["media"]["nodes"]] == ["UPLOADED"]
    (row,) = media_of(box, product["id"])
    assert (row["status"], row["mediaContentType"], row["mimeType"]) == (
        "READY", "IMAGE", "image/png",
    )  # fmt: skip
    assert (row["image"]["width"], row["image"]["height"]) == (640, 480)
    assert row["image"]["url"] != source
    served = send(box.url, "GET", row["image"]["url"].removeprefix(box.url))
    assert (served.status, served.raw) == (200, picture("a", 640, 480))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (picture_path("gone-1", 640, 480), "IMAGE_DOWNLOAD_FAILURE"),
        (picture_path("broken-1", 640, 480), "UNSUPPORTED_IMAGE_FILE_TYPE"),
        (picture_path("big", 6000, 5000), "INVALID_IMAGE_RESOLUTION"),
    ],
    ids=["gone", "broken", "huge"],
)
def test_a_bad_picture_fails_while_the_product_stays(box: World, path: str, code: str) -> None:
    product = with_files(box, box.url + path)
    (row,) = media_of(box, product["id"])
    assert (row["status"], row["image"]) == ("FAILED", None)
    assert [one["code"] for one in row["mediaErrors"]] == [code]


def test_hosts_that_are_not_here_cannot_be_reached(box: World) -> None:
    (row,) = media_of(box, with_files(box, "https://cdn.example.invalid/1.png")["id"])
    assert row["mediaErrors"][0]["code"] == "IMAGE_DOWNLOAD_FAILURE"


@pytest.mark.parametrize("source", ["nonsense", "http://cdn.example.com/1.png", "ftp://a/b.png"])
def test_only_good_addresses_are_taken(box: World, source: str) -> None:
    payload = product_set(box.store, two_by_two(files=[{"originalSource": source}]))
    assert [one["message"] for one in payload["userErrors"]] == ["Image URL is invalid"]


def test_they_take_their_time(box: World) -> None:
    box.control.post("config", media_seconds=60)
    product = with_files(box, box.url + picture_path("a", 64, 48))
    box.control.post("clock/advance", seconds=1)
    (row,) = box.store.data(MEDIA, {"id": product["id"]})["product"]["media"]["nodes"]
    assert (row["status"], row["image"]) == ("PROCESSING", None)
    box.control.post("clock/advance", seconds=60)
    (row,) = media_of(box, product["id"])
    assert row["status"] == "READY"


def test_control_makes_the_next_ones_fail(box: World) -> None:
    box.control.post("shopify/media/fail", code="IMAGE_PROCESSING_FAILURE")
    first = with_files(box, box.url + picture_path("a", 64, 48))
    (row,) = media_of(box, first["id"])
    assert row["mediaErrors"][0]["code"] == "IMAGE_PROCESSING_FAILURE"
    second = with_files(box, box.url + picture_path("b", 64, 48))
    assert media_of(box, second["id"])[0]["status"] == "READY"


def test_a_variant_shows_one_of_the_files(box: World) -> None:
    source = box.url + picture_path("a", 64, 48)
    rows = [variant("S", "Red", "A", file={"originalSource": source}), variant("M", "Red", "B")]
    product = with_files(box, box.url + picture_path("b", 64, 48), source, variants=rows)
    shown = box.store.data(MEDIA, {"id": product["id"]})["product"]
    second = shown["media"]["nodes"][1]["id"]
    assert [one["media"]["nodes"] for one in shown["variants"]["nodes"]] == [[{"id": second}], []]
    assert shown["featuredMedia"]["id"] == shown["media"]["nodes"][0]["id"]


def test_files_named_by_id_stay_and_the_others_go(box: World) -> None:
    product = with_files(box, *(box.url + picture_path(one, 64, 48) for one in "ab"))
    first, second = (one["id"] for one in media_of(box, product["id"]))
    changed = made(box.store, {"files": [{"id": second, "alt": "Back"}]}, {"id": product["id"]})
    assert [(one["id"], one["alt"]) for one in changed["media"]["nodes"]] == [(second, "Back")]
    assert first not in [one["id"] for one in media_of(box, product["id"])]


def stage(box: World, **given: Any) -> Any:
    row = {"filename": "a.png", "mimeType": "image/png", "resource": "IMAGE", **given}
    return box.store.data(STAGE, {"input": [row]})["stagedUploadsCreate"]


def upload(box: World, target: Any, content: bytes, names: list[str] | None = None) -> Reply:
    """A form of all parameters in their order, and the file last."""
    mark = "sandbox-boundary"
    parts = []
    for one in target["parameters"]:
        if names is None or one["name"] in names:
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{one["name"]}"\r\n\r\n'
            parts.append(head.encode() + one["value"].encode() + b"\r\n")
    head = (f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
            "Content-Type: image/png\r\n\r\n")  # fmt: skip
    body = b"".join(parts) + head.encode() + content + f"\r\n--{mark}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    return send(box.url, "POST", target["url"].removeprefix(box.url), body, headers)


def test_an_upload_by_form_becomes_a_picture(box: World) -> None:
    (target,) = stage(box, httpMethod="POST", fileSize=str(len(PNG)))["stagedTargets"]
    assert "key" in [one["name"] for one in target["parameters"]]
    assert upload(box, target, PNG).status == 201
    (row,) = media_of(box, with_files(box, target["resourceUrl"])["id"])
    assert (row["status"], row["image"]["width"], row["image"]["height"]) == ("READY", 40, 30)


def test_an_upload_by_put_is_the_bare_file(box: World) -> None:
    (target,) = stage(box)["stagedTargets"]
    path = target["url"].removeprefix(box.url)
    assert send(box.url, "PUT", path, PNG, {"Content-Type": "image/png"}).status == 200
    (row,) = media_of(box, with_files(box, target["resourceUrl"])["id"])
    assert row["status"] == "READY"


def test_an_upload_must_be_as_announced(box: World) -> None:
    (target,) = stage(box, httpMethod="POST", fileSize="7")["stagedTargets"]
    assert upload(box, target, PNG).status == 400
    (target,) = stage(box, httpMethod="POST")["stagedTargets"]
    assert upload(box, target, PNG, names=["key"]).status == 400
    assert send(box.url, "PUT", target["url"].removeprefix(box.url), PNG).status == 403
    (row,) = media_of(box, with_files(box, target["resourceUrl"])["id"])
    assert row["status"] == "FAILED"


def test_an_unknown_format_gets_no_target(box: World) -> None:
    payload = stage(box, filename="x.exe", mimeType="application/x-msdownload")
    assert payload["stagedTargets"] is None
    assert payload["userErrors"] == [
        {
            "field": ["input", "0", "mimeType"],
            "message": "x.exe: (application/x-msdownload) is not a recognized format",
        }
    ]
    (error,) = stage(box, resource="VIDEO", mimeType="video/mp4")["userErrors"]
    assert error["field"] == ["input", "0", "fileSize"]


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080012003401011100")
GIF = b"GIF89a\x34\x00\x12\x00"
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x33\x00\x00\x11\x00\x00"


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (PNG, ("png", (40, 30))),
        (JPEG, ("jpg", (52, 18))),
        (GIF, ("gif", (52, 18))),
        (WEBP, ("webp", (52, 18))),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
    ids=["png", "jpeg", "gif", "webp", "pdf", "empty"],
)
def test_sizes_are_read_from_the_file(content: bytes, wanted: Any) -> None:
    assert read_picture(content) == wanted


def test_pictures_of_the_catalogue_are_ready_and_served(box: World) -> None:
    box.control.post(
        "shopify/products", title="Lamp", variants=[{"sku": "LAMP", "price": "1", "image": 1}],
        images=[{"key": "lamp", "width": 800, "height": 600}, {"key": "dot", "width": 9,
                                                              "height": 9}],
    )  # fmt: skip
    query = '{ products(first: 1, query: "title:Lamp") { nodes { id } } }'
    gid = box.store.data(query)["products"]["nodes"][0]["id"]
    rows = media_of(box, gid)
    assert [(one["image"]["width"], one["image"]["height"]) for one in rows] == [
        (800, 600), (9, 9),
    ]  # fmt: skip
    served = send(box.url, "GET", rows[1]["image"]["url"].removeprefix(box.url))
    assert served.raw == picture("dot", 9, 9)
    shown = box.store.data(MEDIA, {"id": gid})["product"]["variants"]["nodes"][0]
    assert shown["media"]["nodes"] == [{"id": rows[1]["id"]}]
