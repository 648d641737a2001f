// The controls around the picture: read-out, map, panel with links, messages.

import { readState, stateText } from "./adjust.js";

const element = (id) => document.getElementById(id);

/** Shows a sentence; it stays when it says why there is no picture. */
export function showMessage(text, stays = false) {
  const message = element("message");
  message.textContent = text;
  message.hidden = false;
  clearTimeout(showMessage.timer);
  if (!stays) showMessage.timer = setTimeout(() => (message.hidden = true), 6000);
}

/** The line at the bottom: zoom, level, pixel under the pointer, tiles. */
export class Status {
  #pointer = null;

  constructor(canvas, view, onchange) {
    this.view = view;
    element("status").hidden = false;
    const follow = (event) => {
      this.#pointer = event ? { x: event.offsetX, y: event.offsetY } : null;
      onchange();
    };
    canvas.addEventListener("pointermove", follow);
    canvas.addEventListener("pointerleave", () => follow(null));
  }

  /** Takes the values of the pixel under the pointer, perhaps none. */
  tell(values) {
    element("value").textContent = values;
  }

  update(level, tiles) {
    const { view } = this;
    const percent = view.now.zoom * view.ratio * 100;
    const digits = percent < 10 ? 1 : 0;
    element("zoom").textContent = `${percent.toFixed(digits)}%`;
    element("level").textContent = `level ${level.index + 1}/${view.image.levels.length}`;
    const took = tiles.count ? ` · ${Math.max(1, Math.round(tiles.milliseconds))} ms` : "";
    const pending = tiles.pending ? ` + ${tiles.pending}` : "";
    element("tiles").textContent = `${tiles.count}${pending} tiles${took}`;
    element("position").textContent = this.#position();
  }

  #position() {
    if (!this.#pointer) return "";
    const { x, y } = this.view.imagePoint(this.#pointer.x, this.#pointer.y);
    const { width, height } = this.view.image;
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    return inside ? `${Math.floor(x)}, ${Math.floor(y)}` : "";
  }
}

/** The small whole image with a frame around what is visible; dragging the frame moves it. */
export class MiniMap {
  constructor(view) {
    this.view = view;
    this.box = element("map");
    this.frame = this.box.querySelector("div");
    this.image = this.box.querySelector("img");
    const { width, height } = view.image;
    const scale = Math.min(176 / width, 132 / height);
    this.box.style.setProperty("--width", `${Math.max(16, width * scale)}px`);
    this.box.style.setProperty("--height", `${Math.max(16, height * scale)}px`);
    const go = (event) => {
      if (!(event.buttons & 1)) return;
      const area = this.image.getBoundingClientRect();
      const x = ((event.clientX - area.left) / area.width) * width;
      const y = ((event.clientY - area.top) / area.height) * height;
      view.moveTo({ x, y, zoom: view.target.zoom });
    };
    this.box.addEventListener("pointerdown", (event) => {
      this.box.setPointerCapture(event.pointerId);
      go(event);
    });
    this.box.addEventListener("pointermove", go);
  }

  /** Changes the picture once it is there; the second address has twice the size. */
  show(address, larger) {
    const next = new Image();
    next.alt = "";
    next.addEventListener("load", () => {
      if (this.next !== next) return;
      this.image.replaceWith(next);
      this.image = next;
      this.view.onchange();
    });
    next.srcset = `${address}, ${larger} 2x`;
    this.next = next;
  }

  update() {
    const { view } = this;
    const { width, height } = view.image;
    const seen = view.rectangle();
    // A pixel of tolerance: a fitted image touches the edges of the window.
    const pixel = 1 / view.now.zoom;
    const hidden = (begin, end, length) => begin > pixel || length - end > pixel;
    const partly = hidden(seen.left, seen.right, width) || hidden(seen.top, seen.bottom, height);
    this.box.hidden = !partly;
    const percent = (value, length) => Math.min(100, Math.max(0, (value / length) * 100));
    const { style } = this.frame;
    style.left = `${percent(seen.left, width)}%`;
    style.top = `${percent(seen.top, height)}%`;
    style.right = `${100 - percent(seen.right, width)}%`;
    style.bottom = `${100 - percent(seen.bottom, height)}%`;
  }
}

/** A panel that its tool button opens; `onopen` runs each time. */
export class Drawer {
  constructor(id, onopen = () => {}) {
    this.panel = element(id);
    this.button = document.querySelector(`#tools [data-action=${id}]`);
    this.onopen = onopen;
  }

  get active() {
    return !this.panel.hidden;
  }

  toggle(open = !this.active) {
    if (open === this.active) return;
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    (open ? this.panel : this.button).focus({ preventScroll: true });
    if (open) this.onopen();
  }
}

/** Fills the panel with facts and addresses of the image. */
export function describe(image, root, path) {
  const millions = (image.width * image.height) / 1e6;
  element("facts").textContent = [
    `${image.width} × ${image.height} pixels`,
    `${millions.toPrecision(millions < 1000 ? 2 : 4)} MP`,
    `${image.levels.length} ${image.levels.length === 1 ? "level" : "levels"}`,
    `${image.tileWidth} × ${image.tileHeight} tiles`,
  ].join(" · ");
  const objects = "obj=IIP,1.0&obj=Max-size&obj=Tile-size&obj=Resolution-number";
  const links = [
    ["IIIF", `iiif/${path}/info.json`],
    ["DeepZoom", `deepzoom/${path}.dzi`],
    ["Zoomify", `zoomify/${path}/ImageProperties.xml`],
    ["IIP", `iip?FIF=${path}&${objects}&obj=Resolutions`],
    ["Whole image", `iiif/${path}/full/max/0/default.jpg`],
  ];
  const rows = links.map(([label, link]) =>
    linkRow(label, new URL(`${root}/${link}`, location.href).href),
  );
  const name = decodeURIComponent(path.split("/").pop()).replace(/\.[^.]*$/, "");
  rows.at(-1).querySelector("a").download = `${name}.jpg`;
  element("links").replaceChildren(...rows);
}

/** Keeps what is seen in the address: centre in image pixels, zoom, and adjustments. */
export class Hash {
  #timer = 0;
  #written = "";

  constructor(view, live) {
    this.view = view;
    this.live = live;
  }

  read() {
    const parts = location.hash.slice(1).split("&");
    const [x, y, zoom] = /[a-z]/.test(parts[0]) ? [] : parts.shift().split(",").map(Number);
    if (Number.isFinite(x) && Number.isFinite(y) && zoom > 0) this.view.moveTo({ x, y, zoom });
    const text = parts.join("&");
    if (text !== stateText(this.live.state)) this.live.state = readState(text);
  }

  /** Browsers allow some hundred changes a minute, so only resting views are written. */
  write() {
    const { x, y, zoom } = this.view.now;
    const position = `${x.toFixed(1)},${y.toFixed(1)},${Number(zoom.toPrecision(4))}`;
    const adjustments = stateText(this.live.state);
    const text = `#${position}${adjustments && `&${adjustments}`}`;
    if (text === this.#written) return;
    this.#written = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => history.replaceState(null, "", text), 250);
  }
}

function linkRow(name, address) {
  const row = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { href: address, target: "_blank" });
  link.append(Object.assign(document.createElement("b"), { textContent: name }), address);
  const copy = Object.assign(document.createElement("button"), { textContent: "Copy" });
  copy.setAttribute("aria-label", `Copy the ${name} address`);
  copy.addEventListener("click", async () => {
    const done = await copyText(address);
    copy.textContent = done ? "Copied" : "No access";
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  row.append(link, copy);
  return row;
}

/** The clipboard interface needs HTTPS or this machine; the old command does not. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = Object.assign(document.createElement("input"), { value: text });
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
