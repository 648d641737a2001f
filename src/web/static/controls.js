// The panel that changes how the picture looks.

import { CURVES, LIMITS, MOST_BANDS, NEUTRAL, stateText } from "./adjust.js";
import { gradient, MAPS } from "./colormaps.js";
import { Interval, make, Slider } from "./sliders.js";

const element = (id) => document.getElementById(id);

/** Light from the upper left, as maps are drawn. */
const LIGHT = { azimuth: 315, elevation: 45, height: 1 };

export class Controls {
  #state = NEUTRAL;
  #facts = null;
  #layout = "";

  /** Channels on the screen. */
  shown = [0];

  /** `onchange` gets the new state. */
  constructor(onchange) {
    this.onchange = onchange;
    this.panel = element("adjust");
    const limited = (name, key, options, change) =>
      new Slider(name, LIMITS[key], options, (value) =>
        value === undefined ? this.#show() : change(value),
      );
    const shade = (key) => (value) =>
      this.#set({ shade: { ...LIGHT, ...this.#state.shade, [key]: value } });
    const factor = { logarithmic: true };
    this.sliders = {
      gamma: limited("Gamma", "gamma", factor, (gamma) => this.#set({ gamma })),
      contrast: limited("Contrast", "contrast", factor, (contrast) => this.#set({ contrast })),
      azimuth: limited("Azimuth", "azimuth", { step: 1 }, shade("azimuth")),
      elevation: limited("Elevation", "elevation", { step: 1 }, shade("elevation")),
      height: limited("Heights ×", "height", factor, shade("height")),
    };
    const { gamma, contrast, azimuth, elevation, height } = this.sliders;
    element("curves").append(gamma.row, contrast.row);
    element("light").append(azimuth.row, elevation.row, height.row);
    this.#connect();
  }

  /** Takes what is known of the image; before that, only what every image has can be changed. */
  set facts(facts) {
    this.#facts = facts;
    this.#show();
  }

  set state(state) {
    this.#state = state;
    this.#show();
  }

  #set(change) {
    this.#state = { ...this.#state, ...change };
    this.#show();
    this.onchange(this.#state);
  }

  #connect() {
    this.curve = element("curve");
    this.curve.append(...["exponent", ...CURVES].map((name) => new Option(name, name)));
    this.curve.addEventListener("change", () => {
      const { value } = this.curve;
      this.#set({ gamma: CURVES.includes(value) ? value : 1 });
    });
    this.map = element("colormap");
    this.map.append(new Option("none", ""), ...MAPS.map((name) => new Option(name, name)));
    this.map.addEventListener("change", () => this.#set({ map: this.map.value }));
    this.invert = element("invert");
    this.invert.addEventListener("change", () => this.#set({ invert: this.invert.checked }));
    this.shading = element("shading");
    this.shading.addEventListener("change", () =>
      this.#set({ shade: this.shading.checked ? LIGHT : null }),
    );
    element("auto").addEventListener("click", () =>
      this.#set({ ranges: this.#state.ranges === "auto" ? {} : "auto" }),
    );
    element("reset").addEventListener("click", () =>
      this.#set({ ...NEUTRAL, view: this.#state.view }),
    );
    this.mode = element("mode");
    this.mode.addEventListener("change", () =>
      this.#set({ bands: this.#bandsOf(this.mode.value) }),
    );
    this.view = element("view");
    this.view.addEventListener("input", () =>
      this.#set({ view: this.#facts.views[Number(this.view.value)].id }),
    );
    this.panel.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  }

  /** Bands to begin with: those on the screen, as far as they go. */
  #bandsOf(mode) {
    const { channels } = this.#facts;
    const now = this.#state.bands ?? [0, 1, 2];
    if (mode === "one") return [now[0]];
    return mode === "mix" ? [0, 1, 2].map((at) => Math.min(now[at] ?? at, channels - 1)) : null;
  }

  #show() {
    const { panel, sliders } = this;
    const state = this.#state;
    const curved = CURVES.includes(state.gamma);
    this.curve.value = curved ? state.gamma : "exponent";
    sliders.gamma.show(curved ? 1 : state.gamma, curved);
    sliders.contrast.show(state.contrast);
    for (const [key, value] of Object.entries(state.shade ?? LIGHT)) sliders[key].show(value);
    this.shading.checked = Boolean(state.shade);
    element("light").hidden = !state.shade;
    this.invert.checked = state.invert;
    this.map.value = state.map;
    this.map.disabled = state.bands?.length === 3;
    const preview = element("gradient");
    preview.hidden = !state.map || this.map.disabled;
    preview.style.background = gradient(state.map, state.invert);
    element("auto").ariaPressed = String(state.ranges === "auto");
    element("reset").disabled = stateText({ ...state, view: null }) === "";
    panel.classList.toggle("ready", Boolean(this.#facts));
    if (this.#facts) this.#showFacts();
  }

  /** What depends on the image. */
  #showFacts() {
    const { auto, channels, views } = this.#facts;
    const { bands, shade, view, ranges } = this.#state;
    element("views").hidden = views.length < 2;
    element("bands").hidden = channels < 2;
    element("relief").hidden = channels > 1 && !shade;
    this.mode.value = bands ? (bands.length === 1 ? "one" : "mix") : "all";
    const at = Math.max(0, views.findIndex(({ id }) => id === (view ?? this.#facts.view)));
    this.view.max = views.length - 1;
    this.view.value = at;
    this.view.ariaValueText = element("view-name").value = views[at]?.name ?? "";
    const shown = bands ? [...new Set(bands)] : [0, 1, 2].slice(0, Math.min(channels, 3));
    this.#build(shown.join() + channels + (bands?.length ?? ""), shown);
    bands?.forEach((band, index) => (this.choices[index].value = band));
    shown.forEach((channel, index) => {
      const range = ranges === "auto" ? auto?.[channel] : ranges[channel];
      const plain = this.#facts.ranges[channel] ?? [0, 1];
      this.intervals[index].show(range ?? plain, this.#facts.domains[channel] ?? plain);
    });
  }

  /** Makes the rows of channels anew when there are others than before. */
  #build(layout, shown) {
    if (layout === this.#layout) return;
    this.#layout = layout;
    this.shown = shown;
    const { channels, names } = this.#facts;
    this.intervals = shown.map(
      (channel) => new Interval(names[channel], (ends) => this.#setRange(channel, ends)),
    );
    element("ranges").replaceChildren(...this.intervals.map(({ row }) => row));
    const { bands } = this.#state;
    const labels = bands?.length === 3 ? ["Red", "Green", "Blue"] : ["Band"];
    const count = Math.min(channels, MOST_BANDS);
    this.choices = (bands ?? []).map((_, index) => {
      const options = names.slice(0, count).map((name, band) => new Option(name, band));
      const choice = make("select", { ariaLabel: labels[index] }, ...options);
      choice.addEventListener("change", () =>
        this.#set({ bands: this.choices.map(({ value }) => Number(value)) }),
      );
      return choice;
    });
    const rows = this.choices.map((choice, index) =>
      make("label", { className: "row" }, make("span", { textContent: labels[index] }), choice),
    );
    element("choices").replaceChildren(...rows);
  }

  /** The other channels stay about as they look: what was automatic gets numbers. */
  #setRange(channel, ends) {
    const { ranges } = this.#state;
    const { auto } = this.#facts;
    const numbers = () => Object.fromEntries(this.shown.map((shown) => [shown, auto[shown]]));
    const fixed = ranges !== "auto" ? ranges : auto ? numbers() : {};
    this.#set({ ranges: { ...fixed, [channel]: ends } });
  }
}
