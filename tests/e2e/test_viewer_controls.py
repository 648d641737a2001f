"""The viewer's adjustments and profiles in a browser, against arithmetic on the same pixels."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

import numpy
import pytest

from support import picture, science
from support.browser import screenshot, watched_page
from support.client import ask
from support.folders import temporary_folder
from support.pyramis import Server, http_server
from test_pages import COMPLETE, DESKTOP, HIDE_PANELS, PHONE, fits_in_width

# The image in the middle of the window, one to one.
MIDDLE = f"{science.WIDTH / 2},{science.HEIGHT / 2},1"
# Fields of the panel are there once the server has told about the image.
KNOWN = "() => document.querySelector('#adjust.ready')"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with temporary_folder("images") as images, temporary_folder("http") as folder:
        science.write_all(images)
        picture.write(images / "picture.tif")
        with http_server(images, folder) as running:
            yield running


@pytest.fixture
def viewer(browser, server):
    """Opens the viewer of an image at an address behind `#`, with the panel if asked for."""
    pages = []

    def open_viewer(image: str, fragment: str = MIDDLE, panel: bool = False, size=DESKTOP):
        opened = watched_page(browser, *size)
        page = opened.__enter__()
        pages.append((opened, page))
        page.page.goto(f"{server.url}/view/{image}#{fragment}")
        page.wait_for(COMPLETE)
        if panel:
            page.page.keyboard.press("a")
            page.wait_for(KNOWN)
        return page

    yield open_viewer
    for opened, page in pages:
        opened.__exit__(None, None, None)
        page.assert_healthy()


def test_an_image_as_it_is_comes_as_before(viewer):
    page = viewer("ramp.tif", panel=True)
    assert not [address for address in page.addresses if re.search("JTL|CVT", address)]
    page.page.keyboard.press("Escape")
    assert page.page.locator("#adjust").is_hidden()
    assert page.page.evaluate("document.activeElement.dataset.action") == "adjust"


def test_range_and_colour_map_of_floating_point(viewer):
    page = viewer("ramp.tif", f"{MIDDLE}&range=0:-1,1&map=jet")
    shown = pixels(page, "MINMAX=0:-1,1&CMP=jet")
    value = (science.ramp() + 1) / 2
    # The control points of the specification, 10.8.
    points = [0, 1 / 8, 3 / 8, 5 / 8, 7 / 8, 1]
    red, green, blue = [0, 0, 0, 1, 1, 0.5], [0, 0, 1, 1, 0, 0], [0.5, 1, 1, 0, 0, 0]
    wanted = numpy.stack([numpy.interp(value, points, c) for c in (red, green, blue)], axis=-1)
    wanted[value < 0] = 0
    picture.assert_same(shown, (255 * wanted).astype(numpy.uint8), mean=4.0, worst=40.0)


def test_controls_write_the_address_and_read_it(viewer):
    page = viewer("ramp.tif", panel=True)
    form = page.page.locator("#adjust")
    form.get_by_label("Values, black").and_(page.page.locator("[type=number]")).fill("-1.5")
    page.page.keyboard.press("Tab")
    form.get_by_label("Gamma").and_(page.page.locator("[type=number]")).fill("2")
    page.page.keyboard.press("Tab")
    page.page.check("#invert")
    page.page.select_option("#colormap", "magma")
    commands = r"MINMAX=0:-1.5,[\d.]+&GAM=2&INV&CMP=magma"
    first = pixels(page, commands)
    page.wait_for("() => /range=0:-1.5,.*&gamma=2&invert&map=magma/.test(location.hash)")
    again = viewer("ramp.tif", page.page.url.split("#")[1], panel=True)
    assert numpy.array_equal(pixels(again, commands), first)
    assert again.page.locator("#invert").is_checked()
    assert again.page.locator("#colormap").input_value() == "magma"
    again.page.click("#reset")
    again.wait_for("() => !location.hash.includes('&')")
    assert again.page.locator("#colormap").input_value() == ""


def test_a_slider_that_is_dragged_changes_the_picture(viewer):
    page = viewer("ramp.tif", panel=True)
    thumb = page.page.locator("#ranges [type=range]").nth(1)
    box = thumb.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + box["width"] - 8, middle)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] / 2, middle, steps=10)
    page.page.mouse.up()
    white = "document.querySelectorAll('#ranges [type=number]')[1].value"
    page.wait_for(f"() => location.hash.endsWith(`,${{{white}}}`)")
    ends = re.search(r"range=0:([^,]+),([^&]+)", page.page.url).groups()
    low, high = map(float, ends)
    # The sliders reach as far below the values as above, and the hand was in the middle.
    assert low == pytest.approx(-2, abs=0.1) and high == pytest.approx(0, abs=0.3)
    shown = pixels(page, f"MINMAX=0:{ends[0]},{ends[1]}&")
    wanted = (255 * (science.ramp() - low) / (high - low)).clip(0, 255).astype(numpy.uint8)
    picture.assert_same(shown, numpy.stack([wanted] * 3, axis=-1), mean=3.0, worst=16.0)


def test_automatic_range_is_that_of_the_percentiles(viewer):
    page = viewer("ramp.tif", f"{MIDDLE}&range=auto")
    shown = pixels(page, "MINMAX=-:p1,p99")
    low, high = numpy.percentile(science.ramp(), [1, 99])
    wanted = (255 * (science.ramp() - low) / (high - low)).clip(0, 255).astype(numpy.uint8)
    picture.assert_same(shown, numpy.stack([wanted] * 3, axis=-1), mean=3.0, worst=16.0)


def test_bands_are_mixed_and_chosen(viewer):
    page = viewer("bands.tif", f"{MIDDLE}&range=0:0,5000;2:0,5000;4:0,5000", panel=True)
    page.page.select_option("#mode", "mix")
    for index, band in enumerate([4, 2, 0]):
        page.page.locator("#choices select").nth(index).select_option(str(band))
    shown = pixels(page, r"CTW=\[0,0,0,0,1;0,0,1;1\]")
    wanted = numpy.broadcast_to(numpy.array([255, 153, 51], numpy.uint8), shown.shape)
    picture.assert_same(shown, wanted, mean=2.0, worst=4.0)
    assert page.page.locator("#colormap").is_disabled()
    page.page.select_option("#mode", "one")
    page.page.locator("#choices select").select_option("2")
    shown = pixels(page, r"CTW=\[0,0,1\]")
    picture.assert_same(shown, numpy.full_like(shown, 153), mean=2.0, worst=4.0)


def test_hill_shading_lights_one_side_evenly(viewer):
    page = viewer("ridge.tif", f"{MIDDLE}&shade=270,45,1", panel=True)
    shown = pixels(page, "SHD=270,45,1").astype(float)
    left, right = shown[20:-20, 20:280], shown[20:-20, 320:-20]
    # Light from the west; even slopes are even across the borders of tiles.
    assert left.mean() > right.mean() + 50
    assert left.std() < 2 and right.std() < 2
    assert page.page.locator("#light").is_visible()


def test_pages_of_a_stack_are_chosen_by_a_slider(viewer):
    page = viewer("pages.tif", panel=True)
    page.page.locator("#view").focus()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowRight")
    shown = pixels(page, "SDS=2&JTL")
    picture.assert_same(shown, numpy.full_like(shown, 200), mean=1.0, worst=2.0)
    page.wait_for("() => location.hash.endsWith('&view=2')")


def test_old_tiles_stay_until_new_ones_are_there(viewer):
    page = viewer("picture.tif", f"{picture.WIDTH / 2},{picture.HEIGHT / 2},1", panel=True)
    page.page.keyboard.press("Escape")
    page.page.evaluate(HIDE_PANELS)
    before = screenshot(page.page)
    held, released = [], []
    page.page.route(
        re.compile("JTL="), lambda route: route.continue_() if released else held.append(route)
    )
    page.page.evaluate("location.hash += '&invert'")
    page.wait_for("() => document.querySelector('#tiles').textContent.includes('+')")
    assert numpy.array_equal(screenshot(page.page), before)
    released.append(True)
    for route in held:
        route.continue_()
    page.wait_for(COMPLETE)
    picture.assert_same(screenshot(page.page), 255 - before, mean=4.0, worst=24.0)


@pytest.mark.parametrize("name", ["hot", "jet", "viridis", "magma", "turbo", "cividis"])
def test_the_preview_of_a_colour_map_has_its_colours(viewer, server, name):
    page = viewer("ramp.tif", f"{MIDDLE}&map={name}", panel=True)
    preview = "getComputedStyle(document.querySelector('#gradient')).backgroundImage"
    style = page.page.evaluate(preview)
    colours = numpy.array(re.findall(r"rgb\((\d+), (\d+), (\d+)\)", style), int)
    path = f"/iip?FIF=ramp.tif&MINMAX=0:-2,2&CMP={name}&CVT=png"
    columns = numpy.linspace(0, science.WIDTH - 1, len(colours)).round().astype(int)
    wanted = ask(server.url, path).pixels()[0, columns]
    assert numpy.abs(colours - wanted).max() <= 6


def test_a_profile_tells_the_values_along_a_line(viewer):
    page = viewer("ramp.tif")
    page.page.keyboard.press("p")
    # From column 100 to column 499, in the row of the middle.
    left, middle = DESKTOP[0] / 2 - science.WIDTH / 2, DESKTOP[1] / 2
    page.page.mouse.move(left + 100.5, middle - 60)
    page.page.mouse.down()
    page.page.mouse.move(left + 300.5, middle - 60, steps=4)
    page.page.mouse.move(left + 499.5, middle - 60, steps=4)
    page.page.mouse.up()
    page.wait_for("() => document.querySelectorAll('#chart .curve').length === 1")
    page.wait_for("() => [...document.querySelectorAll('#profile input')][2].value === '499'")
    asked = [unquote(address) for address in page.addresses if "PFL=" in address]
    page.wait_for("() => / to /.test(document.querySelector('#values').textContent)")
    assert asked
    row = science.ramp()[0]
    page.wait_for(f"() => {told('#values')}[1] > {row[498]}")
    low, high = page.page.evaluate(told("#values"))
    assert low == pytest.approx(row[100], abs=1e-4)
    assert high == pytest.approx(row[499], abs=1e-4)
    chart = page.page.locator("#chart")
    box = chart.bounding_box()
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.wait_for("() => !/ to /.test(document.querySelector('#values').textContent)")
    (value,) = page.page.evaluate(told("#values"))
    assert row[100] < value < row[499]
    page.page.keyboard.press("Escape")
    assert page.page.locator("#profile").is_hidden() and page.page.locator("#line").is_hidden()


def test_a_profile_by_keyboard_has_a_curve_for_each_band(viewer):
    page = viewer("bands.tif")
    page.page.keyboard.press("p")
    for value in ("0", "10", "599", "10"):
        page.page.keyboard.press("Tab")
        page.page.keyboard.type(value)
    page.page.keyboard.press("Enter")
    page.wait_for("() => document.querySelectorAll('#chart .curve').length === 5")
    texts = page.page.locator("#values span").all_inner_texts()
    assert texts == [f"Band {band} {1000 * band} to {1000 * band}" for band in range(1, 6)]


def test_the_value_under_the_pointer_is_told(viewer):
    page = viewer("ramp.tif", panel=True)
    column = 80
    page.page.mouse.move(DESKTOP[0] / 2 - science.WIDTH / 2 + column + 0.5, DESKTOP[1] / 2)
    page.wait_for("() => document.querySelector('#value').textContent")
    value = float(page.page.locator("#value").inner_text())
    assert value == pytest.approx(science.ramp()[0, column], abs=1e-4)


def test_the_panels_fit_a_phone(viewer):
    page = viewer("bands.tif", f"{MIDDLE}&bands=3,2,1", panel=True, size=PHONE)
    assert fits_in_width(page)
    box = page.page.locator("#adjust").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0] and box["y"] > PHONE[1] * 0.4
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("p")
    assert fits_in_width(page)


def pixels(page, commands: str) -> numpy.ndarray:
    """The image on screen, one to one and without panels, once tiles with these commands came."""
    page.wait_for(COMPLETE)
    deadline = 300
    while not any(re.search(commands, unquote(address)) for address in page.addresses):
        page.page.wait_for_timeout(100)
        deadline -= 1
        assert deadline, f"{commands} was not asked for: {page.addresses[-3:]}"
    page.wait_for(COMPLETE)
    page.page.evaluate(HIDE_PANELS)
    shown = screenshot(page.page)
    page.page.evaluate(HIDE_PANELS.replace('"hidden"', '""'))
    top, left = (DESKTOP[1] - science.HEIGHT) // 2, (DESKTOP[0] - science.WIDTH) // 2
    return shown[top : top + science.HEIGHT, left : left + science.WIDTH]


def told(selector: str) -> str:
    """A script expression with the numbers in a text."""
    text = f"document.querySelector('{selector}').textContent"
    return f"({text}.match(/-?[\\d.]+/g) ?? []).map(Number)"
