// Loads tiles in the order they matter and keeps them within a bound of memory.

import { refusal } from "./refusal.js";

/** Browsers open six connections to a host; more requests would only wait and go stale. */
const PARALLEL = 6;
/** Bytes of decoded tiles kept; tiles on the screen stay even above it. */
const BUDGET = 128 * 1024 * 1024;
/** Milliseconds without requests after a failure; doubled with each further one. */
const PAUSE = 400;
/** Times a tile is asked for again when the server is busy or the connection broke. */
const RETRIES = 3;

export class Tiles {
  #loading = new Map();
  #failed = new Map();
  #wanted = [];
  #bytes = 0;
  #frame = 0;
  #failures = 0;
  #pausedUntil = 0;

  /** `address` makes the URL of a tile. */
  constructor(address) {
    this.address = address;
    /** Names how tiles look now; those of before stay until the new ones are there. */
    this.variant = "";
    /** Loaded tiles by key, those used longest ago first. */
    this.loaded = new Map();
    this.count = 0;
    this.milliseconds = 0;
    this.onload = () => {};
    this.onerror = () => {};
  }

  /** A loaded tile, kept for the current frame; undefined while there is none. */
  get(key) {
    const entry = this.loaded.get(key);
    if (entry && entry.frame !== this.#frame) {
      entry.frame = this.#frame;
      this.loaded.delete(key);
      this.loaded.set(key, entry);
    }
    return entry;
  }

  /** Whether a tile looks as tiles should look now. */
  isFresh(entry) {
    return entry?.variant === this.variant;
  }

  /** Another look: tiles on their way are dropped, and all are asked for again. */
  change(variant, address) {
    this.variant = variant;
    this.address = address;
    for (const abort of this.#loading.values()) abort.abort();
    this.#loading.clear();
    this.#failed.clear();
  }

  /** Starts a frame: what was got in earlier frames may go. */
  begin() {
    this.#frame += 1;
  }

  /** Replaces the list of tiles to load, most urgent first, and drops loads not on it. */
  want(tiles) {
    this.#wanted = tiles.filter(({ key }) => this.#isMissing(key) && !this.#isGivenUp(key));
    const keys = new Set(this.#wanted.map(({ key }) => key));
    for (const [key, abort] of this.#loading) {
      if (!keys.has(key)) {
        abort.abort();
        this.#loading.delete(key);
      }
    }
    this.#start();
  }

  get pending() {
    return this.#loading.size;
  }

  #isMissing(key) {
    return !this.isFresh(this.loaded.get(key));
  }

  #isGivenUp(key) {
    return (this.#failed.get(key) ?? 0) > RETRIES;
  }

  #start() {
    for (const tile of this.#wanted) {
      if (this.#loading.size >= PARALLEL || performance.now() < this.#pausedUntil) return;
      if (!this.#loading.has(tile.key) && this.#isMissing(tile.key)) this.#load(tile);
    }
  }

  async #load(tile) {
    const abort = new AbortController();
    const begun = performance.now();
    this.#loading.set(tile.key, abort);
    try {
      const response = await fetch(this.address(tile), { signal: abort.signal });
      if (!response.ok) throw await refusal(response);
      const bitmap = await createImageBitmap(await response.blob());
      if (abort.signal.aborted) return bitmap.close();
      this.#keep(tile.key, bitmap);
      const took = performance.now() - begun;
      this.milliseconds = this.milliseconds ? this.milliseconds * 0.8 + took * 0.2 : took;
      this.count += 1;
      this.#failed.delete(tile.key);
      this.#failures = 0;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#fail(tile.key, error);
    }
    this.#loading.delete(tile.key);
    this.onload();
    this.#start();
  }

  #keep(key, bitmap) {
    const bytes = bitmap.width * bitmap.height * 4;
    const old = this.loaded.get(key);
    if (old) this.#drop(key, old);
    // What takes the place of an older look is there at once: fading would show what is below.
    const since = old ? -Infinity : performance.now();
    const { variant } = this;
    this.loaded.set(key, { bitmap, bytes, since, variant, frame: this.#frame });
    this.#bytes += bytes;
    for (const [last, entry] of this.loaded) {
      if (this.#bytes <= BUDGET || entry.frame === this.#frame) break;
      this.#drop(last, entry);
    }
  }

  #drop(key, entry) {
    entry.bitmap.close();
    this.loaded.delete(key);
    this.#bytes -= entry.bytes;
  }

  /** A refusal of the request is final; a busy server or a lost connection gets time. */
  #fail(key, error) {
    const refused = error.status >= 400 && error.status < 500;
    const times = refused ? RETRIES + 1 : (this.#failed.get(key) ?? 0) + 1;
    this.#failed.set(key, times);
    if (times > RETRIES) this.onerror(error);
    // Requests sent together fail together and count once.
    if (refused || performance.now() < this.#pausedUntil) return;
    const pause = PAUSE * 2 ** Math.min(this.#failures, 5);
    this.#failures += 1;
    this.#pausedUntil = performance.now() + pause;
    setTimeout(() => this.onload(), pause + 1);
  }
}
