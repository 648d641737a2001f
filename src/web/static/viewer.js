// The viewer page: fetches info.json, connects view, tiles, drawing and controls.

import { Controls } from "./controls.js";
import { Pyramid, View } from "./geometry.js";
import { Iip } from "./iip.js";
import { listenToKeys, listenToPointers } from "./input.js";
import { Live } from "./live.js";
import { Probe } from "./probe.js";
import { ProfileTool } from "./profile.js";
import { refusal } from "./refusal.js";
import { Renderer } from "./render.js";
import { Tiles } from "./tiles.js";
import { describe, Drawer, Hash, MiniMap, showMessage, Status } from "./ui.js";

const { root, image: path } = document.body.dataset;
const service = `${root}/iiif/${path}`;
const canvas = document.getElementById("canvas");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

try {
  const response = await fetch(`${service}/info.json`);
  if (!response.ok) throw await refusal(response);
  start(new Pyramid(await response.json()));
} catch (error) {
  const lost = error instanceof TypeError;
  showMessage(lost ? "The server cannot be reached." : error.message, true);
  document.getElementById("tools").hidden = true;
}

function start(pyramid) {
  const view = new View(pyramid);
  const plain = {
    tile: (tile) => `${service}/${pyramid.path(tile)}`,
    whole: (width, height) => `${service}/full/!${width},${height}/0/default.jpg`,
  };
  const tiles = new Tiles(plain.tile);
  const map = new MiniMap(view);
  const renderer = new Renderer(canvas, view, tiles, map);
  const iip = new Iip(root, path);
  const controls = new Controls((state) => (live.state = state));
  const live = new Live({ iip, pyramid, tiles, controls, plain, map });
  const profile = new ProfileTool(canvas, view, iip, live);
  const info = new Drawer("panel");
  const adjust = new Drawer("adjust", () => live.learn());
  describe(pyramid, root, path);
  let frame = 0;
  let last = 0;
  const redraw = () => {
    frame ||= requestAnimationFrame(paint);
  };
  const status = new Status(canvas, view, redraw);
  const hash = new Hash(view, live);
  const asked = () => profile.active || adjust.active || tiles.variant !== "";
  new Probe(canvas, view, iip, live, asked, (value) => status.tell(value));

  function paint(time) {
    frame = 0;
    const moving = view.step(last ? Math.min((time - last) / 1000, 0.1) : 1 / 60);
    // After a rest the first frame counts as one, however long the rest was.
    last = moving ? time : 0;
    const appearing = renderer.draw(performance.now());
    map.update();
    profile.update();
    status.update(renderer.level, tiles);
    if (moving || appearing) redraw();
    if (!moving) hash.write();
  }

  const middle = (factor) => () => view.zoomAt(view.width / 2, view.height / 2, factor, 0.12);
  const actions = {
    in: middle(2),
    out: middle(0.5),
    fit: () => view.fit(),
    full: () => view.moveTo({ ...view.target, zoom: 1 / view.ratio }, 0.12),
    screen: toggleFullScreen,
    panel: () => {
      adjust.toggle(false);
      info.toggle();
    },
    adjust: () => {
      info.toggle(false);
      adjust.toggle();
    },
    profile: () => profile.toggle(),
    close: () => {
      const open = [info, profile, adjust].find(({ active }) => active);
      open?.toggle(false);
    },
  };
  for (const button of document.querySelectorAll("[data-action]")) {
    button.addEventListener("click", () => actions[button.dataset.action]());
  }
  if (!document.fullscreenEnabled) document.querySelector("[data-action=screen]").hidden = true;

  view.onchange = redraw;
  tiles.onload = redraw;
  tiles.onerror = live.onerror = (error) => showMessage(error.message);
  live.onchange = redraw;
  live.onlearn = () => profile.renew();
  listenToPointers(canvas, view);
  listenToKeys(view, actions);

  const dress = () => {
    view.animated = !calm.matches;
    renderer.background = getComputedStyle(document.body).backgroundColor;
    redraw();
  };
  calm.addEventListener("change", dress);
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", dress);
  dress();

  const measure = () => {
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    view.resize(width, height, ratio);
    // The new size has cleared the canvas; waiting for the next frame would flash.
    cancelAnimationFrame(frame);
    paint(performance.now());
  };
  view.target.zoom = view.fitZoom;
  measure();
  new ResizeObserver(measure).observe(canvas);
  hash.read();
  view.arrive();
  window.addEventListener("hashchange", () => hash.read());

  // The gallery's thumbnail: in the browser's cache already, and the first thing to show.
  map.show(plain.whole(320, 240), plain.whole(640, 480));
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}
