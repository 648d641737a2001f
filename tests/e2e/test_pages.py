"""The server's own pages in a browser: the gallery, and the viewer at desktop and phone size."""

from collections.abc import Iterator

import pytest

from support import picture
from support.browser import screenshot, watched_page
from support.folders import temporary_folder
from support.pyramis import Server, http_server

DESKTOP, PHONE = (900, 700), (390, 844)

# All tiles that the view needs are there.
COMPLETE = "() => /^[1-9][0-9]* tiles/.test(document.querySelector('#tiles').textContent)"


# Through the object model: the pages forbid inline styles.
HIDE_PANELS = """() => {
    for (const panel of document.querySelectorAll(".glass")) panel.style.visibility = "hidden";
}"""


@pytest.fixture(scope="module")
def server(images) -> Iterator[Server]:
    with temporary_folder("http") as folder, http_server(images, folder) as running:
        yield running


def test_gallery_without_images_leads_to_the_sample(browser, folder):
    with http_server(None, folder) as server, watched_page(browser, *DESKTOP) as page:
        page.page.goto(f"{server.url}/")
        page.wait_for("() => document.querySelector('#images img')?.naturalWidth > 0")
        page.page.click("#images a")
        page.wait_for(COMPLETE)
        assert page.page.url.split("#")[0] == f"{server.url}/view/sample.tif"
        assert has_a_picture(screenshot(page.page))
        page.assert_healthy()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_gallery_lists_images_and_folders(browser, server, size):
    with watched_page(browser, *size) as page:
        page.page.goto(f"{server.url}/")
        page.wait_for("() => document.querySelector('#images img')?.naturalWidth > 0")
        assert page.page.locator("#images a[href='/view/picture.tif']").count() == 1
        assert page.page.locator("#folders li").all_inner_texts() == ["sub"]
        assert fits_in_width(page)
        page.page.click("#folders a")
        page.wait_for("() => document.querySelector('#images img')?.naturalWidth > 0")
        assert page.page.locator("#images a").get_attribute("href") == "/view/sub/a%20b.tif"
        page.assert_healthy()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_viewer_shows_the_source_pixel_by_pixel(browser, server, size):
    width, height = size
    x, y = picture.WIDTH // 2, picture.HEIGHT // 2
    with watched_page(browser, width, height) as page:
        page.page.goto(f"{server.url}/view/picture.tif#{x},{y},1")
        page.wait_for(COMPLETE)
        page.page.evaluate(HIDE_PANELS)
        shown = screenshot(page.page)
        assert fits_in_width(page)
        page.assert_healthy()
    left, top = x - width // 2, y - height // 2
    cut = picture.source()[top : top + height, left : left + width]
    picture.assert_same(shown, cut, mean=3.0, worst=16.0)


def test_viewer_zooms_by_button_and_by_key(browser, server):
    with watched_page(browser, *DESKTOP) as page:
        page.page.goto(f"{server.url}/view/picture.tif")
        page.wait_for(COMPLETE)
        fitted = zoom(page)
        page.page.click("#tools [data-action=in]")
        page.wait_for(
            f"() => parseFloat(document.querySelector('#zoom').textContent) > {fitted} * 1.9"
        )
        page.wait_for(COMPLETE)
        page.page.keyboard.press("0")
        page.wait_for(f"() => parseFloat(document.querySelector('#zoom').textContent) == {fitted}")
        assert has_a_picture(screenshot(page.page))
        page.assert_healthy()


def test_viewer_of_a_missing_image_says_so(browser, server):
    with watched_page(browser, *DESKTOP) as page:
        page.page.goto(f"{server.url}/view/missing.tif")
        page.page.locator("#message").wait_for(state="visible")
        assert page.page.locator("#message").inner_text()


def zoom(page) -> float:
    return float(page.page.locator("#zoom").inner_text().rstrip("%"))


def has_a_picture(shown) -> bool:
    """Whether there is more on screen than a plain page has."""
    return shown.std(axis=(0, 1)).max() > 20


def fits_in_width(page) -> bool:
    return page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
