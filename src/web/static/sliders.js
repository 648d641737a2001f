// Sliders with number fields: one value, or the two ends of a range.

/** A new element with properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function input(type, ariaLabel, min = "", max = "") {
  return make("input", { type, ariaLabel, min, max, step: "any" });
}

/** Steps of a slider: finer than a hand can move it. */
const STEPS = 1000;

/** A slider and a number field for one value, in a row with a label. */
export class Slider {
  /** `logarithmic` gives every factor the same way; `step` rounds what the slider says. */
  constructor(name, [low, high], { step = 0, logarithmic = false } = {}, onchange) {
    const [into, back] = logarithmic ? [Math.log, Math.exp] : [(x) => x, (x) => x];
    const span = into(high) - into(low);
    const limit = (value) => Math.min(Math.max(value, low), high);
    this.position = (value) => ((into(limit(value)) - into(low)) / span) * STEPS;
    this.range = input("range", name, 0, STEPS);
    this.field = input("number", name, low, high);
    this.range.addEventListener("input", () => {
      const value = back(into(low) + (Number(this.range.value) / STEPS) * span);
      onchange(step ? Math.round(value / step) * step : Number(value.toPrecision(3)));
    });
    this.field.addEventListener("change", () => {
      const value = this.field.valueAsNumber;
      onchange(Number.isFinite(value) ? limit(value) : undefined);
    });
    this.row = make("div", { className: "row" }, make("span", { textContent: name }));
    this.row.append(this.range, this.field);
  }

  show(value, disabled = false) {
    this.range.value = this.position(value);
    this.range.ariaValueText = String(value);
    this.field.value = value;
    this.range.disabled = this.field.disabled = disabled;
  }
}

/** Two ends of a range: a track with two thumbs between two number fields. */
export class Interval {
  #domain = [0, 1];
  #value = [0, 1];

  /** `onchange` gets both ends; they may be in any order. */
  constructor(name, onchange) {
    const ends = ["black", "white"].map((end) => `${name}, ${end}`);
    this.ranges = ends.map((end) => input("range", end, 0, STEPS));
    this.fields = ends.map((end) => input("number", end));
    const set = (index, value) => {
      if (!Number.isFinite(value)) return this.show(this.#value, this.#domain);
      onchange(this.#value.map((old, at) => (at === index ? value : old)));
    };
    this.ranges.forEach((range, index) =>
      range.addEventListener("input", () => set(index, this.#valueOf(Number(range.value)))),
    );
    this.fields.forEach((field, index) =>
      field.addEventListener("change", () => set(index, field.valueAsNumber)),
    );
    this.track = make("div", { className: "track" }, ...this.ranges);
    const [low, high] = this.fields;
    this.row = make("div", { className: "row interval" }, make("span", { textContent: name }));
    this.row.append(low, this.track, high);
  }

  show(value, domain) {
    this.#value = value;
    this.#domain = domain;
    const [low, high] = domain;
    value.forEach((end, index) => {
      const position = ((end - low) / (high - low || 1)) * STEPS;
      const inside = Math.min(Math.max(position, 0), STEPS);
      // A thumb that is held has the place of the hand, which rounding must not move.
      if (Math.abs(this.ranges[index].value - inside) > 0.5) this.ranges[index].value = inside;
      this.ranges[index].ariaValueText = String(end);
      this.fields[index].value = Number.isInteger(end) ? end : Number(end.toPrecision(4));
      this.track.style.setProperty(index ? "--high" : "--low", `${(inside / STEPS) * 100}%`);
    });
    // Where both are in one place, the one that has room to move is above.
    this.ranges[0].classList.toggle("above", Number(this.ranges[0].value) > STEPS / 2);
  }

  #valueOf(position) {
    const [low, high] = this.#domain;
    const value = low + (position / STEPS) * (high - low);
    const whole = Number.isInteger(low) && Number.isInteger(high) && high - low >= 100;
    return whole ? Math.round(value) : Number(value.toPrecision(4));
  }
}
