// Draws the view: the sharpest loaded tiles of every place, coarser ones below until they come.

/** Milliseconds a new tile takes to appear. */
const FADE = 160;

export class Renderer {
  /** `map` has an image element with a small version of the whole image. */
  constructor(canvas, view, tiles, map) {
    this.context = canvas.getContext("2d", { alpha: false });
    this.canvas = canvas;
    this.view = view;
    this.tiles = tiles;
    this.map = map;
    this.background = "#000";
  }

  get preview() {
    return this.map.image;
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
    const whole = { x: 0, y: 0, width: view.image.width, height: view.image.height };
    if (level.index === 0 && this.#hasPreview) this.#drawPart(whole, whole, this.preview, 1);
    let appearing = false;
    for (const tile of visible) {
      const entry = tiles.get(tile.key);
      const opacity = this.#opacity(entry, time);
      if (opacity < 1) this.#drawStandIn(tile);
      if (opacity > 0) this.#drawPart(tile, tile, entry.bitmap, opacity);
      appearing ||= Boolean(entry) && opacity < 1;
    }
    context.globalAlpha = 1;
    tiles.want(this.#order(level, visible));
    return appearing;
  }

  /** Draws the best there is in place of a tile: what is coarser, and what is finer above it. */
  #drawStandIn(tile) {
    const { view, tiles, preview } = this;
    const { levels, width, height } = view.image;
    const around = levels
      .slice(0, tile.level.index)
      .map((level) => view.image.tileAround(tile, level))
      .filter((coarser) => coarser && tiles.get(coarser.key));
    const fresh = around.findLast(({ key }) => tiles.isFresh(tiles.get(key)));
    const coarser = fresh ?? around.at(-1);
    if (coarser) {
      this.#drawPart(tile, coarser, tiles.get(coarser.key).bitmap, 1);
    } else if (this.#hasPreview) {
      this.#drawPart(tile, { x: 0, y: 0, width, height }, preview, 1);
    }
    const finer = levels[tile.level.index + 1];
    if (!finer) return;
    const rectangle = {
      left: tile.x,
      top: tile.y,
      right: tile.x + tile.width,
      bottom: tile.y + tile.height,
    };
    for (const part of view.image.tilesIn(finer, rectangle)) {
      const entry = tiles.get(part.key);
      if (tiles.isFresh(entry)) this.#drawPart(part, part, entry.bitmap, 1);
    }
  }

  get #hasPreview() {
    return this.preview.complete && this.preview.naturalWidth > 0;
  }

  #opacity(entry, time) {
    if (!entry) return 0;
    if (!this.view.animated) return 1;
    return Math.min(1, Math.max(0.05, (time - entry.since) / FADE));
  }

  /**
   * Draws the part of a bitmap that lies in a tile; the bitmap covers the rectangle `whole`.
   *
   * Edges fall on whole screen pixels, else neighbours would leave a seam between them.
   */
  #drawPart(tile, whole, bitmap, opacity) {
    const { view, context } = this;
    const { left, top } = view.rectangle();
    const zoom = view.now.zoom * view.ratio;
    const x = Math.round((tile.x - left) * zoom);
    const y = Math.round((tile.y - top) * zoom);
    const right = Math.round((tile.x + tile.width - left) * zoom);
    const bottom = Math.round((tile.y + tile.height - top) * zoom);
    const scaleX = (bitmap.naturalWidth ?? bitmap.width) / whole.width;
    const scaleY = (bitmap.naturalHeight ?? bitmap.height) / whole.height;
    context.globalAlpha = opacity;
    context.drawImage(
      bitmap,
      (tile.x - whole.x) * scaleX,
      (tile.y - whole.y) * scaleY,
      tile.width * scaleX,
      tile.height * scaleY,
      x,
      y,
      right - x,
      bottom - y,
    );
  }

  /** A coarse tile or two for a quick picture, then what is visible, then what is near. */
  #order(level, visible) {
    const { view } = this;
    const { levels } = view.image;
    const quick = [levels[0], levels[level.index - 2]].filter((it) => it && it !== level);
    const rectangle = view.rectangle();
    return [
      ...quick.flatMap((other) => view.image.tilesIn(other, rectangle)),
      ...visible,
      ...view.image.tilesIn(level, view.rectangle(0.25)),
    ];
  }
}
