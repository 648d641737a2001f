// Draws the view: the sharpest loaded tiles of every place, coarser ones below until they come.

/** Milliseconds a new tile takes to appear. */
const FADE = 160;

export class Renderer {
  /** `preview` is an image element with a small version of the whole image. */
  constructor(canvas, view, tiles, preview) {
    this.context = canvas.getContext("2d", { alpha: false });
    this.canvas = canvas;
    this.view = view;
    this.tiles = tiles;
    this.preview = preview;
    this.background = "#000";
  }

  /** The level the view asks for. */
  get level() {
    const { view } = this;
    return view.image.levelFor(1 / (view.now.zoom * view.ratio));
  }

  /** Draws one frame; true when the next differs because tiles are still appearing. */
  draw(time) {
    const { canvas, context, view, tiles } = this;
    const level = this.level;
    const visible = view.image.tilesIn(level, view.rectangle());
    tiles.begin();
    context.fillStyle = this.background;
    context.fillRect(0, 0, canvas.width, canvas.height);
    // Where a pixel of the level covers several of the screen, its edges are worth seeing.
    context.imageSmoothingEnabled = view.now.zoom * view.ratio * level.scale < 4;
    context.imageSmoothingQuality = "high";
    if (!visible.every(({ key }) => this.#opacity(tiles.get(key), time) === 1)) {
      this.#drawBelow(level, time);
    }
    let appearing = false;
    for (const tile of visible) {
      const entry = tiles.get(tile.key);
      const opacity = this.#opacity(entry, time);
      if (opacity > 0) this.#drawTile(tile, entry.bitmap, opacity);
      appearing ||= Boolean(entry) && opacity < 1;
    }
    context.globalAlpha = 1;
    tiles.want(this.#order(level, visible));
    return appearing;
  }

  /** What stands in for tiles of a level that are not there yet. */
  #drawBelow(level, time) {
    const { view, tiles, preview } = this;
    if (preview.complete && preview.naturalWidth > 0) {
      const { width, height } = view.image;
      this.#drawTile({ x: 0, y: 0, width, height }, preview, 1);
    }
    const { levels } = view.image;
    const finer = levels[level.index + 1];
    for (const other of [...levels.slice(0, level.index), ...(finer ? [finer] : [])]) {
      for (const tile of view.image.tilesIn(other, view.rectangle())) {
        const entry = tiles.get(tile.key);
        const opacity = this.#opacity(entry, time);
        if (opacity > 0) this.#drawTile(tile, entry.bitmap, opacity);
      }
    }
  }

  #opacity(entry, time) {
    if (!entry) return 0;
    if (!this.view.animated) return 1;
    return Math.min(1, Math.max(0.05, (time - entry.since) / FADE));
  }

  /** Edges fall on whole screen pixels, else neighbours would leave a seam between them. */
  #drawTile(tile, bitmap, opacity) {
    const { view, context } = this;
    const { left, top } = view.rectangle();
    const zoom = view.now.zoom * view.ratio;
    const x = Math.round((tile.x - left) * zoom);
    const y = Math.round((tile.y - top) * zoom);
    const right = Math.round((tile.x + tile.width - left) * zoom);
    const bottom = Math.round((tile.y + tile.height - top) * zoom);
    context.globalAlpha = opacity;
    context.drawImage(bitmap, x, y, right - x, bottom - y);
  }

  /** A coarse tile or two for a quick picture, then what is visible, then what is near. */
  #order(level, visible) {
    const { view } = this;
    const { levels } = view.image;
    const quick = [levels[0], levels[level.index - 2]].filter(
      (other) => other && other.index < level.index && other.columns * other.rows <= 4096,
    );
    const rectangle = view.rectangle();
    return [
      ...quick.flatMap((other) => view.image.tilesIn(other, rectangle)),
      ...visible,
      ...view.image.tilesIn(level, view.rectangle(0.25)),
    ];
  }
}
