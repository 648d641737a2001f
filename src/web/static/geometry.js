// The pyramid of an image and the view onto it: numbers only, no page.

/** Tiles in one list at most: more than a large screen holds at its sharp level. */
const MOST_TILES = 1024;

/** Levels and tiles of an image, from its info.json (IIIF Image API 3.0, 5.3 and 5.4). */
export class Pyramid {
  constructor(info) {
    this.width = info.width;
    this.height = info.height;
    const tiles = info.tiles?.[0] ?? { width: 512, scaleFactors: [1] };
    this.tileWidth = tiles.width;
    this.tileHeight = tiles.height ?? tiles.width;
    /** Coarsest level first. */
    this.levels = [...tiles.scaleFactors]
      .sort((a, b) => b - a)
      .map((scale, index) => this.#level(scale, index));
  }

  #level(scale, index) {
    const width = Math.ceil(this.width / scale);
    const height = Math.ceil(this.height / scale);
    const columns = Math.ceil(width / this.tileWidth);
    const rows = Math.ceil(height / this.tileHeight);
    return { index, scale, width, height, columns, rows };
  }

  /** The coarsest level that is sharp where a screen pixel covers `scale` image pixels. */
  levelFor(scale) {
    // A tenth of enlargement cannot be seen and saves three quarters of the tiles.
    const sharp = this.levels.find((level) => level.scale <= scale * 1.1);
    return sharp ?? this.levels[this.levels.length - 1];
  }

  /** A tile: its rectangle in the image and the size it is delivered at. */
  tile(level, column, row) {
    const x = column * this.tileWidth * level.scale;
    const y = row * this.tileHeight * level.scale;
    return {
      key: `${level.index}/${column}/${row}`,
      level,
      x,
      y,
      width: Math.min(this.tileWidth * level.scale, this.width - x),
      height: Math.min(this.tileHeight * level.scale, this.height - y),
      outWidth: Math.min(this.tileWidth, level.width - column * this.tileWidth),
      outHeight: Math.min(this.tileHeight, level.height - row * this.tileHeight),
    };
  }

  /** The tile of a coarser level around a tile; undefined when factors do not nest. */
  tileAround(tile, level) {
    const column = Math.floor(tile.x / (this.tileWidth * level.scale));
    const row = Math.floor(tile.y / (this.tileHeight * level.scale));
    const around = this.tile(level, column, row);
    const nests =
      around.x + around.width >= tile.x + tile.width &&
      around.y + around.height >= tile.y + tile.height;
    return nests ? around : undefined;
  }

  /**
   * Tiles of a level that touch a rectangle of the image, nearest to its centre first.
   *
   * An image without small levels can have any number of tiles in a window; only those around
   * the centre are listed then.
   */
  tilesIn(level, { left, top, right, bottom }) {
    const spanX = this.tileWidth * level.scale;
    const spanY = this.tileHeight * level.scale;
    const firstColumn = Math.max(0, Math.floor(left / spanX));
    const firstRow = Math.max(0, Math.floor(top / spanY));
    const endColumn = Math.min(level.columns, Math.ceil(right / spanX));
    const endRow = Math.min(level.rows, Math.ceil(bottom / spanY));
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const count = (endColumn - firstColumn) * (endRow - firstRow);
    if (count > MOST_TILES) {
      const share = 0.95 * Math.sqrt(MOST_TILES / count);
      const [halfWidth, halfHeight] = [(share * (right - left)) / 2, (share * (bottom - top)) / 2];
      const middle = {
        left: x - halfWidth,
        top: y - halfHeight,
        right: x + halfWidth,
        bottom: y + halfHeight,
      };
      return this.tilesIn(level, middle);
    }
    const tiles = [];
    for (let row = firstRow; row < endRow; row += 1) {
      for (let column = firstColumn; column < endColumn; column += 1) {
        tiles.push(this.tile(level, column, row));
      }
    }
    const distance = (tile) =>
      Math.hypot(tile.x + tile.width / 2 - x, tile.y + tile.height / 2 - y);
    return tiles.sort((a, b) => distance(a) - distance(b));
  }

  /** Region and size of a tile in the form OpenSeadragon asks for, which stored tiles answer. */
  path(tile) {
    const whole = tile.width === this.width && tile.height === this.height;
    const region = whole ? "full" : [tile.x, tile.y, tile.width, tile.height].join(",");
    const native = whole && tile.level.scale === 1;
    const size = native ? "max" : `${tile.outWidth},${tile.outHeight}`;
    return `${region}/${size}/0/default.jpg`;
  }
}

/**
 * What the window shows: the image point at its centre, and screen pixels per image pixel.
 *
 * `target` is where the user wants to be and `now` is on its way there. Lengths on the screen
 * are CSS pixels.
 */
export class View {
  constructor(pyramid) {
    this.image = pyramid;
    this.width = 1;
    this.height = 1;
    this.ratio = 1;
    this.now = { x: pyramid.width / 2, y: pyramid.height / 2, zoom: 1 };
    this.target = { ...this.now };
    /** Seconds in which two thirds of the way to the target are done. */
    this.pace = 0.1;
    this.animated = true;
    this.onchange = () => {};
  }

  /** The zoom that shows the whole image; small images grow to four times at most. */
  get fitZoom() {
    return Math.min(this.width / this.image.width, this.height / this.image.height, 4);
  }

  get minZoom() {
    return Math.min(this.fitZoom, 1 / this.ratio);
  }

  get maxZoom() {
    return Math.max(16, this.fitZoom);
  }

  /** The rectangle of the image in the window, `margin` windows wider on each side. */
  rectangle(margin = 0) {
    const halfWidth = (this.width * (0.5 + margin)) / this.now.zoom;
    const halfHeight = (this.height * (0.5 + margin)) / this.now.zoom;
    const { x, y } = this.now;
    return {
      left: x - halfWidth,
      top: y - halfHeight,
      right: x + halfWidth,
      bottom: y + halfHeight,
    };
  }

  /** The image point under a point of the window. */
  imagePoint(screenX, screenY, at = this.now) {
    return {
      x: at.x + (screenX - this.width / 2) / at.zoom,
      y: at.y + (screenY - this.height / 2) / at.zoom,
    };
  }

  /** The point of the window where an image point is. */
  screenPoint(x, y) {
    const { now, width, height } = this;
    return { x: (x - now.x) * now.zoom + width / 2, y: (y - now.y) * now.zoom + height / 2 };
  }

  /** Takes the size of the window; an image that was fitted stays fitted. */
  resize(width, height, ratio) {
    const fitted = Math.abs(this.target.zoom - this.fitZoom) < 1e-6;
    Object.assign(this, { width, height, ratio });
    if (fitted) {
      this.fit();
      this.arrive();
    } else {
      this.moveTo(this.target);
    }
  }

  fit() {
    const { width, height } = this.image;
    this.moveTo({ x: width / 2, y: height / 2, zoom: this.fitZoom }, 0.12);
  }

  /** Goes to a centre and zoom as far as the limits allow. */
  moveTo({ x, y, zoom }, pace = 0.1) {
    const limited = Math.min(Math.max(zoom, this.minZoom), this.maxZoom);
    this.target = {
      x: limitCentre(x, this.image.width, this.width / limited),
      y: limitCentre(y, this.image.height, this.height / limited),
      zoom: limited,
    };
    this.pace = pace;
    if (!this.animated) this.arrive();
    this.onchange();
  }

  /** Zooms by a factor; the image point under a point of the window stays there. */
  zoomAt(screenX, screenY, factor, pace = 0.08) {
    const zoom = Math.min(Math.max(this.target.zoom * factor, this.minZoom), this.maxZoom);
    const fixed = this.imagePoint(screenX, screenY);
    this.moveTo(
      {
        x: fixed.x - (screenX - this.width / 2) / zoom,
        y: fixed.y - (screenY - this.height / 2) / zoom,
        zoom,
      },
      pace,
    );
  }

  /** Moves the image by a distance on the screen. */
  panBy(deltaX, deltaY, pace = 0.12) {
    const { x, y, zoom } = this.target;
    this.moveTo({ x: x - deltaX / zoom, y: y - deltaY / zoom, zoom }, pace);
  }

  /** Ends the way to the target. */
  arrive() {
    this.now = { ...this.target };
    this.onchange();
  }

  /** Advances by a time; false when the target is reached. */
  step(seconds) {
    const { now, target } = this;
    const share = 1 - Math.exp(-seconds / this.pace);
    const far =
      Math.abs(Math.log(target.zoom / now.zoom)) > 5e-4 ||
      Math.hypot(target.x - now.x, target.y - now.y) * target.zoom > 0.25;
    if (!far) {
      this.now = { ...target };
      return false;
    }
    const zoom = now.zoom * (target.zoom / now.zoom) ** share;
    // Positions linear in 1/zoom keep the point that now and target share in its place.
    const span = 1 / now.zoom - 1 / target.zoom;
    const way = Math.abs(span * target.zoom) < 1e-6 ? share : (1 / now.zoom - 1 / zoom) / span;
    this.now = {
      x: now.x + (target.x - now.x) * way,
      y: now.y + (target.y - now.y) * way,
      zoom,
    };
    return true;
  }
}

/** An image that fits is centred; of a larger one, half a window at most may be empty. */
function limitCentre(centre, length, window) {
  if (length <= window) return length / 2;
  const near = window / 4;
  return Math.min(Math.max(centre, near), length - near);
}
