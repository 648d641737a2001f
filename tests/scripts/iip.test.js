// Addresses and answers of the Internet Imaging Protocol (docs/PROTOCOLS.md, IIP).

import assert from "node:assert/strict";
import test from "node:test";

import { Pyramid } from "../../src/web/static/geometry.js";
import { Iip, lineAt, readFacts, readProfile } from "../../src/web/static/iip.js";
import { measure, unmeasured } from "../../src/web/static/measure.js";

const iip = new Iip("/root", "a%20b.tif");
const pyramid = new Pyramid({
  width: 1025,
  height: 700,
  tiles: [{ width: 256, scaleFactors: [1, 2, 4] }],
});
const TEXT = [
  "Tile-size:256 256",
  "Resolutions:256 175,512 350,1025 700",
  "Bits-per-channel:16",
  "Min-Max-sample-values: -1.5  2e+09  0  255",
  "Horizontal-views:0 90",
  "",
].join("\r\n");

test("facts are read from the lines of objects", () => {
  assert.deepEqual(readFacts(TEXT), {
    tileSize: [256, 256],
    sizes: [
      [256, 175],
      [512, 350],
      [1025, 700],
    ],
    bits: 16,
    ranges: [
      [-1.5, 2e9],
      [0, 255],
    ],
    views: [0, 90],
  });
  assert.deepEqual(readFacts("Min-Max-sample-values: \r\n").ranges, []);
});

test("a tile is asked for by resolution and number", () => {
  const facts = readFacts(TEXT);
  const address = (level, column, row) =>
    iip.tile("INV", pyramid.tile(pyramid.levels[level], column, row), pyramid, facts);
  // Five columns of 256 pixels at full size: row 1, column 2 is number 7.
  assert.equal(address(2, 2, 1), "/root/iip?FIF=a%20b.tif&INV&JTL=2,7");
  assert.equal(address(0, 0, 0), "/root/iip?FIF=a%20b.tif&INV&JTL=0,0");
  // Rounded down, the middle level has 512 pixels: two columns, not the three of info.json.
  assert.equal(address(1, 1, 1), "/root/iip?FIF=a%20b.tif&INV&JTL=1,3");
  const region = [1024 / 1025, 0, 1 / 1025, 512 / 700].map((part) => Number(part.toPrecision(9)));
  const rest = `RGN=${region.join(",")}&WID=1&HEI=256&CVT=jpeg`;
  assert.equal(address(1, 2, 0), `/root/iip?FIF=a%20b.tif&INV&${rest}`);
});

test("without facts a tile is a region", () => {
  const address = iip.tile("INV", pyramid.tile(pyramid.levels[2], 0, 0), pyramid, null);
  const region = [0, 0, 256 / 1025, 256 / 700].map((part) => Number(part.toPrecision(9)));
  const rest = `RGN=${region.join(",")}&WID=256&HEI=256&CVT=jpeg`;
  assert.equal(address, `/root/iip?FIF=a%20b.tif&INV&${rest}`);
});

test("a profile is asked for at the finest resolution that has few points", () => {
  const sizes = [
    [1000, 500],
    [4000, 2000],
  ];
  // A profile leaves its end out: 1900,30 is the last pixel.
  const short = lineAt({ x1: 10.5, y1: 20.5, x2: 1900.5, y2: 30.5 }, sizes);
  assert.deepEqual(short, { resolution: 1, from: [10, 20], to: [1901, 30] });
  const long = lineAt({ x1: 3999.5, y1: 1999.5, x2: 0.5, y2: 0.5 }, sizes);
  assert.deepEqual(long, { resolution: 0, from: [999, 499], to: [-1, 0] });
  assert.equal(iip.profile(null, long), "/root/iip?FIF=a%20b.tif&PFL=0:999,499--1,0");
  const point = lineAt({ x1: 9.9, y1: 2000, x2: 9.9, y2: 2000 }, sizes);
  assert.equal(iip.profile(4, point), "/root/iip?FIF=a%20b.tif&SDS=4&PFL=1:9,1999");
});

test("a profile has a curve for each channel but alpha", () => {
  const facts = { channels: 2, samples: 3, views: [], view: null };
  assert.deepEqual(readProfile({ profile: [1, 10, 255, 2, null, 255] }, facts), [
    { channel: 0, values: [1, 2] },
    { channel: 1, values: [10, null] },
  ]);
});

test("of a profile of several views the one on the screen is taken", () => {
  const facts = { channels: 1, samples: 1, views: [{ id: 400 }, { id: 500 }], view: 500 };
  const curves = readProfile({ profile: { 400: [1, 2], 500: [3, 4] } }, facts);
  assert.deepEqual(curves, [{ channel: 0, values: [3, 4] }]);
});

test("sliders reach what was measured, where a range is only that of the type", () => {
  const ranges = [
    [0, 65535],
    [0, 1000],
    [0, 65535],
  ];
  const facts = { bits: 16, ranges };
  const percentiles = { 1: 110, 99: 290.123456 };
  measure(facts, {
    channels: [
      { min: 100, max: 300, percentiles },
      { min: 5, max: 9, percentiles },
    ],
  });
  assert.deepEqual([facts.channels, facts.samples], [2, 3]);
  assert.deepEqual(facts.ranges, ranges.slice(0, 2));
  // From 100 to 300, and a tenth of 200 on both sides; from 5 to 9 is less than the file says.
  assert.deepEqual(facts.domains, [
    [80, 320],
    [0, 1000],
  ]);
  assert.deepEqual(facts.auto[0], [110, 290.1]);
});

test("sliders reach past the range of floating point, and to the ends of 8 bits", () => {
  const float = { bits: 32, ranges: [[0, 1]] };
  measure(float, { channels: [{ min: -1, max: 3, percentiles: {} }] });
  assert.deepEqual(float.domains, [[-1.4, 3.4]]);
  const byte = { bits: 8, ranges: [[0, 255]] };
  measure(byte, { channels: [{ min: 10, max: 20, percentiles: { 1: 11, 99: 19 } }] });
  assert.deepEqual(byte.domains, [[0, 255]]);
  assert.deepEqual(byte.auto, [[11, 19]]);
});

test("an image without values, and one that was not measured, have numbers to show", () => {
  const empty = { bits: 32, ranges: [] };
  measure(empty, { channels: [{ min: null, max: null, percentiles: {} }] });
  assert.deepEqual([empty.ranges, empty.domains, empty.auto], [[[0, 1]], [[0, 1]], [[0, 1]]]);
  const unknown = { bits: 32, ranges: [] };
  unmeasured(unknown);
  assert.deepEqual([unknown.channels, unknown.domains], [1, [[0, 1]]]);
});
