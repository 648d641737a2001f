// The addresses and answers of the Internet Imaging Protocol that the controls need. No page.

/** Points of a profile at most: more than a chart has pixels, and quick to read. */
const MOST_POINTS = 2000;

/** The addresses of one image. */
export class Iip {
  constructor(root, path) {
    this.base = `${root}/iip?FIF=${path}`;
  }

  /** A tile with adjustments; `facts` may be missing. */
  tile(commands, tile, pyramid, facts) {
    const number = facts && tileNumber(tile, pyramid, facts);
    if (number) return `${this.base}&${commands}&JTL=${number}`;
    const parts = [
      tile.x / pyramid.width,
      tile.y / pyramid.height,
      tile.width / pyramid.width,
      tile.height / pyramid.height,
    ];
    const region = parts.map((part) => Number(part.toPrecision(9))).join(",");
    return this.whole(`${commands}&RGN=${region}`, tile.outWidth, tile.outHeight);
  }

  /** The whole image in a box. */
  whole(commands, width, height) {
    return `${this.base}&${commands}&WID=${width}&HEI=${height}&CVT=jpeg`;
  }

  /** Facts of a view as text. */
  facts(view) {
    return `${this.base}${sds(view)}&${FACTS.map((name) => `OBJ=${name}`).join("&")}`;
  }

  stack() {
    return `${this.base}&OBJ=stack`;
  }

  statistics(view) {
    return `${this.base}${sds(view)}&OBJ=statistics`;
  }

  /** Sample values along a line, or at a point when there is no end. */
  profile(view, { resolution, from, to }) {
    const line = [from, to].filter(Boolean).map((point) => point.join(","));
    return `${this.base}${sds(view)}&PFL=${resolution}:${line.join("-")}`;
  }

  /** Sample values of a pixel of the full size. */
  values(view, pixel) {
    return `${this.base}${sds(view)}&VAL=${pixel.join(",")}`;
  }
}

const FACTS = [
  "Tile-size",
  "Resolutions",
  "Bits-per-channel",
  "Min-Max-sample-values",
  "Horizontal-views",
];

function sds(view) {
  return view === null ? "" : `&SDS=${view}`;
}

/**
 * Resolution and number of a tile; undefined when there is none like it.
 *
 * Levels that were rounded down can lack a last column or row that the tiles of info.json have.
 */
function tileNumber(tile, pyramid, { tileSize, sizes }) {
  if (tileSize[0] !== pyramid.tileWidth || tileSize[1] !== pyramid.tileHeight) return undefined;
  const resolution = sizes.findIndex(([width, height]) =>
    pyramid.width >= pyramid.height
      ? isLevel(width, pyramid.width, tile.level.scale)
      : isLevel(height, pyramid.height, tile.level.scale),
  );
  if (resolution < 0) return undefined;
  const [columns, rows] = sizes[resolution].map((size, axis) => Math.ceil(size / tileSize[axis]));
  const column = Math.round(tile.x / (tileSize[0] * tile.level.scale));
  const row = Math.round(tile.y / (tileSize[1] * tile.level.scale));
  return column < columns && row < rows ? `${resolution},${row * columns + column}` : undefined;
}

/** Whether a side of a level is the full side by this factor, rounded either way. */
function isLevel(side, full, scale) {
  return Math.abs(side - full / scale) < 1;
}

/** Reads the objects that `facts` asks for. */
export function readFacts(text) {
  const lines = new Map(text.split("\r\n").map((line) => line.split(":", 2)));
  const numbers = (name) => (lines.get(name)?.match(/[^\s,]+/g) ?? []).map(Number);
  const values = numbers("Min-Max-sample-values");
  return {
    tileSize: numbers("Tile-size"),
    /** Smallest first, as resolutions are numbered. */
    sizes: pairs(numbers("Resolutions")),
    bits: numbers("Bits-per-channel")[0] ?? 8,
    /** Lowest and highest value of each channel. */
    ranges: pairs(values),
    views: numbers("Horizontal-views"),
  };
}

function pairs(numbers) {
  return Array.from({ length: Math.floor(numbers.length / 2) }, (_, index) =>
    numbers.slice(2 * index, 2 * index + 2),
  );
}

/**
 * The profile to ask for: pixels of the finest resolution at which the line is short enough.
 *
 * A profile leaves its end out, so that it is asked for to one step behind the end.
 */
export function lineAt({ x1, y1, x2, y2 }, sizes) {
  const full = sizes.at(-1);
  const length = ([width, height]) =>
    Math.max((Math.abs(x2 - x1) * width) / full[0], (Math.abs(y2 - y1) * height) / full[1]);
  const fitting = sizes.findLastIndex((size) => length(size) <= MOST_POINTS);
  const resolution = Math.max(fitting, 0);
  const from = pixelAt(x1, y1, sizes, resolution);
  const end = pixelAt(x2, y2, sizes, resolution);
  const way = end.map((value, axis) => value - from[axis]);
  const steps = Math.max(...way.map(Math.abs));
  if (steps === 0) return { resolution, from };
  return { resolution, from, to: end.map((value, axis) => value + Math.round(way[axis] / steps)) };
}

/** The pixel of a resolution under a point of the full size. */
export function pixelAt(x, y, sizes, resolution) {
  const [full, size] = [sizes.at(-1), sizes[resolution]];
  return [x, y].map((value, axis) => {
    const pixel = Math.floor((value * size[axis]) / full[axis]);
    return Math.min(Math.max(pixel, 0), size[axis] - 1);
  });
}

/**
 * Curves of a profile, one for each channel but alpha; its values are interleaved.
 *
 * Where there are several views, their values have names and come in the order of the views; the
 * one of `facts` is taken.
 */
export function readProfile({ profile }, { channels, samples, views, view }) {
  const index = Math.max(0, views.findIndex(({ id }) => id === view));
  const values = Array.isArray(profile) ? profile : (Object.values(profile)[index] ?? []);
  return Array.from({ length: channels }, (_, channel) => ({
    channel,
    values: values.filter((_, at) => at % samples === channel),
  }));
}
