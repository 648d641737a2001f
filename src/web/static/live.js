// Connects the controls with the tiles: what changes there is asked for at a pace the server keeps.

import { commands, NEUTRAL } from "./adjust.js";
import { readFacts } from "./iip.js";
import { measure, unmeasured } from "./measure.js";
import { refusal } from "./refusal.js";

/** Milliseconds between two changes of all tiles, at least and at most. */
const PACE = [50, 400];
/** Milliseconds of rest before the small whole image follows. */
const REST = 250;

export class Live {
  #timers = {};
  #known = null;
  #wanted = NEUTRAL;

  /**
   * `plain` has the addresses of tiles and of the whole image without adjustments; `map` shows
   * the whole image.
   */
  constructor({ iip, pyramid, tiles, controls, plain, map }) {
    Object.assign(this, { iip, pyramid, tiles, controls, plain, map });
    this.facts = null;
    this.onchange = () => {};
    this.onerror = () => {};
    this.onlearn = () => {};
  }

  get state() {
    return this.#wanted;
  }

  /** The adjustments change; a series of changes is thinned out. */
  set state(state) {
    const other = state.view !== this.#wanted.view;
    this.#wanted = state;
    this.controls.state = state;
    if (other) this.#known = null;
    const [least, most] = PACE;
    const pace = Math.min(Math.max(2 * this.tiles.milliseconds, least), most);
    this.#timers.tiles ??= setTimeout(() => this.#apply(), pace);
    this.onchange();
  }

  /** Learns what the controls have to know; asked for again when the view has changed. */
  learn() {
    const { view } = this.#wanted;
    this.#known ??= this.#learn(view).catch((error) => {
      this.#known = null;
      this.onerror(error);
    });
    return this.#known;
  }

  async #apply() {
    this.#timers.tiles = undefined;
    const text = commands(this.#wanted);
    if (text || this.facts) await this.learn();
    if (text !== commands(this.#wanted) || text === this.tiles.variant) return;
    const { iip, pyramid, facts, plain } = this;
    this.tiles.change(text, text ? (tile) => iip.tile(text, tile, pyramid, facts) : plain.tile);
    const whole = text ? (width, height) => iip.whole(text, width, height) : plain.whole;
    clearTimeout(this.#timers.whole);
    this.#timers.whole = setTimeout(() => this.map.show(whole(320, 240), whole(640, 480)), REST);
    this.onchange();
  }

  async #learn(view) {
    const facts = readFacts(await read(this.iip.facts(view)));
    facts.views = facts.views.length > 1 ? await this.#named(facts.views) : [];
    facts.view = view ?? facts.views.find(({ id }) => id === 0)?.id ?? facts.views[0]?.id ?? null;
    try {
      measure(facts, JSON.parse(await read(this.iip.statistics(view))));
    } catch (error) {
      // Without them the sliders go as far as the type does.
      if (error instanceof TypeError) throw error;
      unmeasured(facts);
    }
    facts.names = facts.ranges.map((_, channel) => nameOf(channel, facts.channels));
    if (this.#wanted.view !== view) return;
    this.facts = facts;
    this.controls.facts = facts;
    this.onlearn();
  }

  /** Pages have names, angles and wavelengths are their own. */
  async #named(views) {
    try {
      const stack = JSON.parse(await read(this.iip.stack()));
      return stack.map(({ id, name }) => ({ id, name: name || String(id) }));
    } catch {
      return views.map((id) => ({ id, name: String(id) }));
    }
  }
}

/** The text of an answer. */
async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw await refusal(response);
  return response.text();
}

/** Three or four channels are shown as colours. */
function nameOf(channel, channels) {
  if (channels === 1) return "Values";
  return (channels <= 4 && channels > 2 && COLOURS[channel]) || `Band ${channel + 1}`;
}

const COLOURS = ["Red", "Green", "Blue"];
