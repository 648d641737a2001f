// Tells the values of the pixel under the pointer.

import { label } from "./chart.js";
import { readProfile } from "./iip.js";

/** Milliseconds the pointer rests before its pixel is asked for. */
const REST = 120;

export class Probe {
  #pixel = "";
  #timer = 0;
  #abort = new AbortController();

  /** `wanted` says whether anybody wants to know; `show` gets the text, empty while unknown. */
  constructor(canvas, view, iip, live, wanted, show) {
    Object.assign(this, { view, iip, live, wanted, show });
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerleave", () => this.#forget(""));
  }

  #move({ offsetX, offsetY, buttons }) {
    const { view, live } = this;
    const { x, y } = view.imagePoint(offsetX, offsetY);
    const inside = x >= 0 && y >= 0 && x < view.image.width && y < view.image.height;
    if (!inside || buttons || !live.facts || !this.wanted()) return this.#forget("");
    const at = [Math.floor(x), Math.floor(y)];
    const pixel = at.join();
    if (pixel === this.#pixel) return;
    this.#forget(pixel);
    this.#timer = setTimeout(() => this.#ask(at), REST);
  }

  #forget(pixel) {
    if (pixel === this.#pixel) return;
    this.#pixel = pixel;
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.show("");
  }

  async #ask(at) {
    const { facts, state } = this.live;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      const response = await fetch(this.iip.values(state.view, at), { signal });
      if (!response.ok) return;
      const { values: profile } = await response.json();
      const curves = readProfile({ profile }, facts);
      const { shown } = this.live.controls;
      const texts = shown.map((channel) => label(curves[channel]?.values[0]));
      if (!signal.aborted) this.show(texts.join(", "));
    } catch {
      // The picture says enough when the server does not answer.
    }
  }
}
