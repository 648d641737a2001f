// The profile tool: a line on the picture and a chart of the values along it.

import { extent, label, path, scale, ticks } from "./chart.js";
import { lineAt, readProfile } from "./iip.js";
import { refusal } from "./refusal.js";

const element = (id) => document.getElementById(id);

/** Milliseconds between the last change of the line and the request. */
const PAUSE = 60;
/** Pixels around an end of the line that take hold of it. */
const GRIP = 14;
/** Space for numbers around the curves. */
const MARGIN = { left: 58, right: 12, top: 8, bottom: 22 };

export class ProfileTool {
  #line = null;
  #held = null;
  #timer = 0;
  #abort = new AbortController();
  #curves = [];
  #hover = -1;

  /** `live` knows the view and the facts of the image. */
  constructor(canvas, view, iip, live) {
    Object.assign(this, { canvas, view, iip, live });
    this.panel = element("profile");
    this.overlay = element("line");
    this.chart = element("chart");
    this.fields = [...this.panel.querySelectorAll("input")];
    for (const field of this.fields) field.addEventListener("change", () => this.#takeFields());
    // Before the canvas hears of it: a pointer that draws must not move the picture.
    document.addEventListener("pointerdown", (event) => this.#press(event), { capture: true });
    canvas.addEventListener("pointermove", (event) => this.#drag(event));
    const release = () => (this.#held = null);
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    this.chart.addEventListener("pointermove", (event) => this.#point(event.offsetX));
    this.chart.addEventListener("pointerleave", () => this.#point(null));
    new ResizeObserver(() => this.#draw()).observe(this.chart);
  }

  get active() {
    return !this.panel.hidden;
  }

  toggle(open = !this.active) {
    if (open === this.active) return;
    this.panel.hidden = !open;
    this.overlay.toggleAttribute("hidden", !open);
    this.canvas.classList.toggle("drawing", open);
    const button = document.querySelector("#tools [data-action=profile]");
    button.setAttribute("aria-expanded", String(open));
    (open ? this.panel : button).focus({ preventScroll: true });
    if (open) this.live.learn().then(() => this.#ask());
    else this.#abort.abort();
    this.view.onchange();
  }

  /** Asks again: the image shown has changed. */
  renew() {
    if (this.active) this.#later();
  }

  /** Puts the line where the view has its ends. */
  update() {
    const line = this.#line;
    this.overlay.classList.toggle("empty", !line);
    if (!this.active || !line) return;
    const from = this.view.screenPoint(line.x1, line.y1);
    const to = this.view.screenPoint(line.x2, line.y2);
    const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
    for (const drawn of this.overlay.querySelectorAll("line")) setAll(drawn, ends);
    const [start, end, dot] = this.overlay.querySelectorAll("circle");
    setAll(start, { cx: from.x, cy: from.y });
    setAll(end, { cx: to.x, cy: to.y });
    const share = this.#hover / Math.max(1, this.#points - 1);
    setAll(dot, { cx: from.x + (to.x - from.x) * share, cy: from.y + (to.y - from.y) * share });
    dot.toggleAttribute("hidden", this.#hover < 0);
  }

  get #points() {
    return this.#curves[0]?.values.length ?? 0;
  }

  #press(event) {
    if (!this.active || event.target !== this.canvas || event.button !== 0) return;
    event.stopPropagation();
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    if (this.#held) return;
    this.canvas.setPointerCapture(event.pointerId);
    const [x, y] = this.#imagePixel(event);
    const end = this.#endNear(event.offsetX, event.offsetY);
    if (!end) this.#line = { x1: x, y1: y, x2: x, y2: y };
    this.#held = { end: end ?? 2, pointer: event.pointerId };
    this.#changed();
  }

  /** 1 or 2 when that end of the line is under a point of the window. */
  #endNear(x, y) {
    const line = this.#line;
    return [1, 2].find((end) => {
      const at = line && this.view.screenPoint(line[`x${end}`], line[`y${end}`]);
      return at && Math.hypot(at.x - x, at.y - y) < GRIP;
    });
  }

  #drag(event) {
    if (this.#held?.pointer !== event.pointerId) return;
    const [x, y] = this.#imagePixel(event);
    const { end } = this.#held;
    this.#line = { ...this.#line, [`x${end}`]: x, [`y${end}`]: y };
    this.#changed();
  }

  /** The middle of the pixel of the full size under the pointer, or of the nearest one. */
  #imagePixel({ offsetX, offsetY }) {
    const { x, y } = this.view.imagePoint(offsetX, offsetY);
    return this.#middle(x, y);
  }

  #middle(x, y) {
    const { width, height } = this.view.image;
    const inside = (value, length) => Math.min(Math.max(Math.floor(value), 0), length - 1) + 0.5;
    return [inside(x, width), inside(y, height)];
  }

  #takeFields() {
    const [x1, y1, x2, y2] = this.fields.map((field) => field.valueAsNumber);
    if (![x1, y1, x2, y2].every(Number.isFinite)) return;
    const [from, to] = [this.#middle(x1, y1), this.#middle(x2, y2)];
    this.#line = { x1: from[0], y1: from[1], x2: to[0], y2: to[1] };
    this.#changed();
  }

  #changed() {
    const { x1, y1, x2, y2 } = this.#line;
    [x1, y1, x2, y2].forEach((value, index) => (this.fields[index].value = Math.floor(value)));
    this.#later();
    this.view.onchange();
  }

  #later() {
    // Not put off by each step of the hand: the chart follows it.
    this.#timer ||= setTimeout(() => this.#ask(), PAUSE);
  }

  async #ask() {
    this.#timer = 0;
    const { facts, state } = this.live;
    if (!this.#line || !facts || !this.active) return;
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const line = lineAt(this.#line, facts.sizes);
    try {
      const response = await fetch(this.iip.profile(state.view, line), { signal });
      if (!response.ok) throw await refusal(response);
      const profile = await response.json();
      if (signal.aborted) return;
      this.#curves = readProfile(profile, facts);
      this.#hover = -1;
      this.#draw();
    } catch (error) {
      if (!signal.aborted) this.live.onerror(error);
    }
  }

  #draw() {
    const { chart } = this;
    const { width, height } = chart.getBoundingClientRect();
    if (!width || !this.#points) return;
    const { x1, y1, x2, y2 } = this.#line;
    const length = Math.hypot(x2 - x1, y2 - y1);
    const { left, right, top, bottom } = MARGIN;
    const box = { left, right: width - right, top, bottom: height - bottom };
    const domain = extent(this.#curves) ?? [0, 1];
    const x = scale([0, Math.max(1, this.#points - 1)], [box.left, box.right]);
    const y = scale(domain, [box.bottom, box.top]);
    const along = scale([0, length], [box.left, box.right]);
    chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const rows = ticks(domain, 4).flatMap((value) => [
      shape("line", { x1: box.left, x2: box.right, y1: y(value), y2: y(value), class: "grid" }),
      text(label(value), { x: box.left - 7, y: y(value) + 4, class: "end" }),
    ]);
    const columns = ticks([0, length], 6).map((value) =>
      text(label(value), { x: along(value), y: height - 5, class: "middle" }),
    );
    const curves = this.#curves.map(({ values, channel }) =>
      shape("path", { d: path(values, x, y), class: `curve ${this.#colour(channel)}` }),
    );
    const cursor = shape("line", { y1: box.top, y2: box.bottom, class: "cursor", hidden: "" });
    chart.replaceChildren(...rows, ...columns, ...curves, cursor);
    this.place = { x, cursor };
    this.#tell();
    this.view.onchange();
  }

  #colour(channel) {
    const { channels } = this.live.facts;
    if (channels === 1) return "only";
    return channels <= 4 ? `colour${channel}` : `band${channel % 6}`;
  }

  /** Numbers of each curve: at the place pointed at, else lowest and highest. */
  #tell() {
    const { names } = this.live.facts;
    const texts = this.#curves.map(({ values, channel }) => {
      const found = extent([{ values }]);
      const range = found ? `${label(found[0])} to ${label(found[1])}` : "no values";
      const span = document.createElement("span");
      span.className = this.#colour(channel);
      const told = this.#hover < 0 ? range : label(values[this.#hover]);
      span.textContent = `${names[channel]} ${told}`;
      return span;
    });
    element("values").replaceChildren(...texts.slice(0, MOST_NAMES));
    if (this.#hover >= 0) return;
    this.chart.setAttribute("aria-label", texts.map((span) => span.textContent).join(", "));
  }

  #point(offset) {
    if (!this.place || !this.#points) return;
    const { x, cursor } = this.place;
    const [first, last] = [x(0), x(Math.max(1, this.#points - 1))];
    const share = offset === null ? -1 : (offset - first) / (last - first);
    const inside = share > -0.02 && share < 1.02;
    const index = Math.round(Math.min(Math.max(share, 0), 1) * (this.#points - 1));
    this.#hover = inside ? index : -1;
    cursor.toggleAttribute("hidden", !inside);
    if (inside) setAll(cursor, { x1: x(index), x2: x(index) });
    this.#tell();
    this.view.onchange();
  }
}

/** Curves whose numbers are told: more would fill the window. */
const MOST_NAMES = 12;

function shape(name, attributes) {
  return setAll(document.createElementNS("http://www.w3.org/2000/svg", name), attributes);
}

function text(content, attributes) {
  const element = shape("text", attributes);
  element.textContent = content;
  return element;
}

function setAll(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
