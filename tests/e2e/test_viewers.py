"""Well-known viewers show the source picture: every request answered, the right pixels on screen.

The screen is compared with the source itself, scaled by exact area averages, so an error of the
server and one of its tests cannot cancel out.
"""

import json
from collections.abc import Iterator

import pytest
from support import picture
from support.browser import Watched, chromium, screenshot, watched_page
from support.paths import INSTALLED
from support.pyramis import Server, http_server
from support.site import website

# Half the size of the source, so that at fit zoom two source pixels meet one of the screen.
VIEW_WIDTH, VIEW_HEIGHT = picture.WIDTH // 2, picture.HEIGHT // 2

# Where the zoomed view starts in the source: no tile border, no multiple of anything.
LEFT, TOP = 311, 207

# JPEG at quality 75 with halved chroma: measured 1.5 on average. A shift by one pixel is over 5.
ON_SCREEN = {"mean": 3.0, "worst": 25.0}

# Where Mirador fits the picture is a fraction of a pixel off the grid of the screen.
FITTED = {"mean": 5.0, "worst": 35.0}

# What Mirador leaves free of the shadow of its title above and its buttons below. The edges of a
# fitted picture fall between pixels.
UNCOVERED = (slice(12, -80), slice(2, -2))

TILE_SOURCES = {
    "iiif": "'{url}/iiif/picture.tif/info.json'",
    "deepzoom": "'{url}/deepzoom/picture.tif.dzi'",
    "zoomify": (
        "{{type: 'zoomifytileservice', tilesUrl: '{url}/zoomify/picture.tif/',"
        f" width: {picture.WIDTH}, height: {picture.HEIGHT}}}}}"
    ),
    "iip": "{{iipsrv: '{url}/fcgi-bin/iipsrv.fcgi', image: 'picture.tif'}}",
}

# What the address of a tile of the full size contains.
FULL_SIZE_TILE = {
    "iiif": "/768,512,256,256/256,256/0/default.jpg",
    "deepzoom": "picture.tif_files/11/3_2.jpg",
    "zoomify": "/3-3-2.jpg",
    "iip": "JTL=3,15",
}

OPENSEADRAGON_PAGE = """<!doctype html>
<style>body {{ margin: 0 }}</style>
<div id="view" style="width: {width}px; height: {height}px"></div>
<script src="/openseadragon.js"></script>
<script>
viewer = OpenSeadragon({{
    id: "view", tileSources: {tile_source}, drawer: "canvas", crossOriginPolicy: "Anonymous",
    showNavigationControl: false, animationTime: 0, blendTime: 0, immediateRender: true,
    minPixelRatio: 1,  /* the level that meets the screen, not one scaled down by the browser */
    ajaxWithCredentials: false
}});
</script>
"""

MIRADOR_PAGE = """<!doctype html>
<style>#view {{ position: absolute; inset: 0 }}</style>
<div id="view"></div>
<script src="/mirador.js"></script>
<script>
mirador = Mirador.viewer({{
    id: "view",
    windows: [{{ id: "window", manifestId: "{manifest}" }}],
    osdConfig: {{ drawer: "canvas", minPixelRatio: 1, animationTime: 0, blendTime: 0, immediateRender: true }}
}});
</script>
"""


@pytest.fixture(scope="module")
def server(images, module_folder) -> Iterator[Server]:
    with http_server(images, module_folder, CORS="*") as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser) -> Iterator[Watched]:
    with watched_page(browser, 1100, 800) as watched:
        yield watched


@pytest.mark.parametrize("protocol", TILE_SOURCES)
def test_openseadragon_shows_the_source(page, server, protocol):
    html = OPENSEADRAGON_PAGE.format(
        width=VIEW_WIDTH,
        height=VIEW_HEIGHT,
        tile_source=TILE_SOURCES[protocol].format(url=server.url),
    )
    script = INSTALLED / "viewers/openseadragon/build/openseadragon/openseadragon.min.js"
    with website({"/index.html": html, "/openseadragon.js": script}) as site:
        page.page.goto(f"{site}/index.html")
        wait_for_tiles(page, "viewer")
        shown = screenshot(page.page.locator("#view"))
        fitted = picture.resized(picture.source(), VIEW_WIDTH, VIEW_HEIGHT)
        picture.assert_same(shown, fitted, **ON_SCREEN)

        zoom_to_full_size(page, "viewer", VIEW_WIDTH, VIEW_HEIGHT)
        shown = screenshot(page.page.locator("#view"))
        cut = picture.source()[TOP : TOP + VIEW_HEIGHT, LEFT : LEFT + VIEW_WIDTH]
        picture.assert_same(shown, cut, **ON_SCREEN)
    assert any(FULL_SIZE_TILE[protocol] in address for address in page.addresses)
    page.assert_healthy()


def test_mirador_shows_the_source(page, server):
    manifest = "/manifest.json"
    script = INSTALLED / "viewers/mirador/dist/mirador.min.js"
    pages = {
        "/index.html": MIRADOR_PAGE.format(manifest=manifest),
        "/mirador.js": script,
        manifest: presentation(f"{server.url}/iiif/picture.tif"),
    }
    viewer = "Mirador.OSDReferences.get('window').current"
    with website(pages) as site:
        page.page.goto(f"{site}/index.html")
        wait_for_tiles(page, viewer)
        canvas = page.page.locator(".openseadragon-canvas canvas").first
        box = canvas.bounding_box()
        left, top, width, height = on_screen(page, viewer)
        assert width > 0.5 * box["width"] or height > 0.5 * box["height"]
        shown = screenshot(canvas)
        assert_part_shown(shown, left, top, width, height)

        zoom_to_full_size(page, viewer, int(box["width"]), int(box["height"]))
        shown = screenshot(canvas)
        cut = picture.source()[TOP : TOP + shown.shape[0], LEFT : LEFT + shown.shape[1]]
        picture.assert_same(shown[UNCOVERED], cut[UNCOVERED], **ON_SCREEN)
    assert any("/iiif/picture.tif/info.json" in address for address in page.addresses)
    page.assert_healthy()


def presentation(service: str) -> str:
    """A manifest of the Presentation API 3 with one canvas."""
    size = {"width": picture.WIDTH, "height": picture.HEIGHT}
    base = "https://example.org/manifest"
    image = {
        "id": f"{service}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "service": [{"id": service, "type": "ImageService3", "profile": "level2"}],
        **size,
    }
    annotation = {
        "id": f"{base}/canvas/annotation",
        "type": "Annotation",
        "motivation": "painting",
        "body": image,
        "target": f"{base}/canvas",
    }
    page = {"id": f"{base}/canvas/page", "type": "AnnotationPage", "items": [annotation]}
    canvas = {"id": f"{base}/canvas", "type": "Canvas", "items": [page], **size}
    return json.dumps(
        {
            "@context": "http://iiif.io/api/presentation/3/context.json",
            "id": base,
            "type": "Manifest",
            "label": {"en": ["Source picture"]},
            "items": [canvas],
        }
    )


def wait_for_tiles(page: Watched, viewer: str) -> None:
    """Returns once every tile of the present view is drawn."""
    page.wait_for(
        f"""() => {{
            try {{ return ({viewer}).world.getItemAt(0).getFullyLoaded(); }} catch {{ return false; }}
        }}"""
    )
    next_frame(page)


def zoom_to_full_size(page: Watched, viewer: str, width: int, height: int) -> None:
    """Shows one pixel of the source in one of the screen, from LEFT, TOP on."""
    page.page.evaluate(
        f"""() => {{
            const item = ({viewer}).world.getItemAt(0);
            const place = item.imageToViewportRectangle({LEFT}, {TOP}, {width}, {height});
            ({viewer}).viewport.fitBounds(place, true);
        }}"""
    )
    # Until the next frame the old view is still there, complete.
    next_frame(page)
    wait_for_tiles(page, viewer)


def next_frame(page: Watched) -> None:
    """Returns after what was asked for by now has been painted."""
    page.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def on_screen(page: Watched, viewer: str) -> tuple[float, float, float, float]:
    """Where the viewer says the picture is, in pixels of its canvas."""
    place = page.page.evaluate(
        f"""() => {{
            const bounds = ({viewer}).world.getItemAt(0).getBounds();
            const place = ({viewer}).viewport.viewportToViewerElementRectangle(bounds);
            return [place.x, place.y, place.width, place.height];
        }}"""
    )
    return tuple(place)


def assert_part_shown(shown, left: float, top: float, width: float, height: float) -> None:
    """Holds when `shown` has the whole source at this place."""
    wanted = picture.resized(picture.source(), round(width), round(height))
    x, y = round(left), round(top)
    got = shown[y : y + wanted.shape[0], x : x + wanted.shape[1]]
    picture.assert_same(got[UNCOVERED], wanted[UNCOVERED], **FITTED)
