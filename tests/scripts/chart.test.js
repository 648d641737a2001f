// Scales, ticks and lines of the profile's chart.

import assert from "node:assert/strict";
import test from "node:test";

import { extent, label, path, scale, ticks } from "../../src/web/static/chart.js";

test("the extent leaves missing values out", () => {
  assert.deepEqual(extent([{ values: [null, 3, 1] }, { values: [2, NaN] }]), [1, 3]);
  assert.equal(extent([{ values: [null] }]), undefined);
  assert.equal(extent([]), undefined);
});

test("a scale is linear and may go downwards", () => {
  const y = scale([-1, 3], [100, 20]);
  assert.deepEqual([-1, 1, 3].map(y), [100, 60, 20]);
  assert.equal(scale([5, 5], [0, 10])(5), 5);
});

test("ticks are round numbers inside the domain", () => {
  assert.deepEqual(ticks([0, 1], 4), [0, 0.5, 1]);
  assert.deepEqual(ticks([0.1, 0.7], 6), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  assert.deepEqual(ticks([-130, 260], 4), [-100, 0, 100, 200]);
  assert.deepEqual(ticks([7, 7], 4), [7]);
  assert.ok(ticks([-3.4e38, 3.4e38], 4).length < 12);
});

test("missing values are gaps, and lone values are dots", () => {
  const same = (value) => value;
  assert.equal(path([1, 2, null, 4, null, 5, 6], same, same), "M0,1L1,2M3,4h0M5,5L6,6");
  assert.equal(path([null, null], same, same), "");
});

test("labels have six digits and no zeros at the end", () => {
  assert.deepEqual([0.1 + 0.2, 1234567, 2, null].map(label), ["0.3", "1234570", "2", "–"]);
});
