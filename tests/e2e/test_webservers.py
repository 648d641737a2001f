"""Every web server of conf/ passes every kind of request on, unchanged, and the answer back."""

from collections.abc import Iterator

import pytest

from support import picture
from support.client import Answer, ask
from support.folders import temporary_folder
from support.webservers import SETUPS

IIIF = "/iiif/picture.tif"
IIP = "/fcgi-bin/iipsrv.fcgi"
SLASHED = "/iiif/sub%2Fa%20b.tif"

# JPEG at quality 75 with halved chroma, on this picture.
JPEG = {"mean": 3.0, "worst": 25.0}
EXACT = {"mean": 0.0, "worst": 0.0}


@pytest.fixture(scope="module", params=SETUPS)
def site(request, images) -> Iterator[str]:
    """The address of one web server with the server under test behind it."""
    with temporary_folder("web") as folder, SETUPS[request.param](folder, images) as url:
        yield url


def test_info_json_names_the_image_as_the_client_does(site):
    answer = ask(site, f"{IIIF}/info.json")
    assert answer.status == 200
    info = answer.json()
    assert (info["width"], info["height"]) == (picture.WIDTH, picture.HEIGHT)
    assert info.get("id", info.get("@id")) == f"{site}{IIIF}"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_identifier_keeps_its_encoded_slash(site):
    info = ask(site, f"{SLASHED}/info.json").json()
    assert info["id"] == f"{site}{SLASHED}"
    tile = ask(site, f"{SLASHED}/256,0,256,256/256,256/0/default.png")
    picture.assert_same(tile.pixels(), picture.source()[:256, 256:512], **EXACT)


def test_identifier_may_have_plain_slashes(site):
    info = ask(site, "/iiif/sub/a%20b.tif/info.json").json()
    assert info["id"] == f"{site}/iiif/sub/a%20b.tif"


def test_forwarded_host_is_the_host_of_the_id(site):
    info = ask(site, f"{IIIF}/info.json", Host="images.example.org").json()
    assert info["id"] == f"http://images.example.org{IIIF}"


def test_forwarded_scheme_is_the_scheme_of_the_id(site):
    info = ask(site, f"{IIIF}/info.json", X_Forwarded_Proto="https").json()
    assert info["id"] == f"https{site.removeprefix('http')}{IIIF}"


def test_tile_shows_its_part_of_the_source(site):
    answer = ask(site, f"{IIIF}/512,256,256,256/256,256/0/default.jpg")
    assert is_image(answer, "image/jpeg")
    picture.assert_same(answer.pixels(), picture.source()[256:512, 512:768], **JPEG)


def test_region_is_cut_from_the_source(site):
    answer = ask(site, f"{IIIF}/301,203,411,307/411,307/0/default.png")
    assert is_image(answer, "image/png")
    picture.assert_same(answer.pixels(), picture.source()[203:510, 301:712], **EXACT)


def test_large_answer_arrives_whole(site):
    answer = ask(site, f"{IIIF}/full/max/0/default.png")
    assert is_image(answer, "image/png")
    picture.assert_same(answer.pixels(), picture.source(), **EXACT)


def test_iip_describes_the_image(site):
    objects = "obj=IIP,1.0&obj=Max-size&obj=Tile-size&obj=Resolution-number"
    answer = ask(site, f"{IIP}?FIF=picture.tif&{objects}")
    assert answer.status == 200
    # The version is a header, everything else the body.
    assert "iip" in answer.headers
    assert answer.text.splitlines() == [
        f"Max-size:{picture.WIDTH} {picture.HEIGHT}",
        f"Tile-size:{picture.TILE} {picture.TILE}",
        "Resolution-number:4",
    ]


def test_iip_tile_shows_its_part_of_the_source(site):
    # Six columns at full size: tile 8 is the third of the second row.
    answer = ask(site, f"{IIP}?FIF=picture.tif&JTL=3,8")
    assert is_image(answer, "image/jpeg")
    picture.assert_same(answer.pixels(), picture.source()[256:512, 512:768], **JPEG)


def test_iip_reads_a_posted_command(site):
    body = b"FIF=picture.tif&OBJ=Max-size"
    kind = "application/x-www-form-urlencoded"
    answer = ask(site, IIP, "POST", body, Content_Type=kind)
    assert answer.status == 200
    assert answer.text == f"Max-size:{picture.WIDTH} {picture.HEIGHT}\r\n"


def test_deep_zoom_describes_the_image_and_shows_tiles(site):
    answer = ask(site, "/deepzoom/picture.tif.dzi")
    assert answer.status == 200
    assert f'Width="{picture.WIDTH}"' in answer.text
    # ceil(log2(1500)) = 11 is the level of the full size.
    tile = ask(site, "/deepzoom/picture.tif_files/11/2_1.jpg")
    picture.assert_same(tile.pixels(), picture.source()[256:512, 512:768], **JPEG)


def test_zoomify_describes_the_image_and_shows_tiles(site):
    answer = ask(site, "/zoomify/picture.tif/ImageProperties.xml")
    assert answer.status == 200
    assert f'WIDTH="{picture.WIDTH}"' in answer.text
    # Four tiers of 1 + 6 + 15 tiles come before the full size, so tile 2-1 is in the first group.
    tile = ask(site, "/zoomify/picture.tif/TileGroup0/3-2-1.jpg")
    picture.assert_same(tile.pixels(), picture.source()[256:512, 512:768], **JPEG)


def test_head_has_the_headers_of_get_and_no_body(site):
    path = f"{IIIF}/256,256,256,256/256,256/0/default.jpg"
    head, get = ask(site, path, "HEAD"), ask(site, path)
    assert (head.status, head.body) == (200, b"")
    for name in ("content-type", "etag", "last-modified", "cache-control"):
        assert head.headers[name] == get.headers[name], name
    # mod_proxy_fcgi leaves the length out, as HTTP allows.
    assert head.headers.get("content-length", str(len(get.body))) == str(len(get.body))


def test_options_names_methods_and_allows_other_sites(site):
    answer = ask(site, f"{IIIF}/info.json", "OPTIONS", Origin="https://viewer.example.org")
    assert answer.status == 204
    assert "GET" in answer.headers["allow"]
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        f"{IIIF}/info.json",
        f"{IIIF}/full/200,/0/default.jpg",
        f"{IIP}?FIF=picture.tif&JTL=0,0",
    ],
)
def test_known_answer_is_not_sent_again(site, path):
    first = ask(site, path)
    by_tag = ask(site, path, If_None_Match=first.headers["etag"])
    by_date = ask(site, path, If_Modified_Since=first.headers["last-modified"])
    assert (by_tag.status, by_tag.body) == (304, b"")
    assert (by_date.status, by_date.body) == (304, b"")
    assert by_tag.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/iiif/missing.tif/info.json", 404),
        (f"{IIIF}/full/max/0/default.xyz", 400),
        (f"{IIP}?FIF=missing.tif&OBJ=Max-size", 404),
        (f"{IIP}?FIF=../../../../../../etc/passwd&OBJ=Max-size", 404),
    ],
)
def test_refusal_keeps_its_status_and_is_not_stored(site, path, status):
    answer = ask(site, path)
    assert answer.status == status
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_identifier_without_parameters_redirects_to_info_json(site):
    answer = ask(site, IIIF)
    assert answer.status == 303
    assert answer.headers["location"] == f"{site}{IIIF}/info.json"


def is_image(answer: Answer, kind: str) -> bool:
    return answer.status == 200 and answer.headers["content-type"] == kind
