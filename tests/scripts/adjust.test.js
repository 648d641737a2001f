// The state of the viewer's controls, as an address and as commands (docs/PROTOCOLS.md, IIP).

import assert from "node:assert/strict";
import test from "node:test";

import { commands, NEUTRAL, readState, stateText } from "../../src/web/static/adjust.js";

const STATES = [
  [{ ranges: "auto" }, "range=auto", "MINMAX=-:p1,p99"],
  [
    { ranges: { 0: [-1.5, 2e-9], 2: [0, 1e22] } },
    "range=0:-1.5,2e-9;2:0,1e22",
    "MINMAX=0:-1.5,2e-9&MINMAX=2:0,1e22",
  ],
  [{ view: -3 }, "view=-3", "SDS=-3"],
  [{ gamma: 2.2 }, "gamma=2.2", "GAM=2.2"],
  [{ gamma: "asinh" }, "gamma=asinh", "GAM=asinh"],
  [{ invert: true }, "invert", "INV"],
  [{ map: "viridis" }, "map=viridis", "CMP=viridis"],
  [{ contrast: 0.5 }, "contrast=0.5", "CNT=0.5"],
  [{ bands: [2] }, "bands=2", "CTW=[0,0,1]"],
  [{ bands: [3, 0, 1] }, "bands=3,0,1", "CTW=[0,0,0,1;1;0,1]"],
  [{ shade: { azimuth: 315, elevation: 45, height: 0.1 } }, "shade=315,45,0.1", "SHD=315,45,0.1"],
];

test("each member has its text and its command", () => {
  for (const [change, text, command] of STATES) {
    const state = { ...NEUTRAL, ...change };
    assert.equal(stateText(state), text);
    assert.equal(commands(state), command);
    assert.deepEqual(readState(text), state);
  }
});

test("an image as it is needs no commands", () => {
  assert.equal(commands(NEUTRAL), "");
  assert.equal(stateText(NEUTRAL), "");
  assert.deepEqual(readState(""), NEUTRAL);
});

test("commands come in the order in which the server works", () => {
  const state = Object.assign({ ...NEUTRAL }, ...STATES.slice(1).map(([change]) => change));
  const list = commands({ ...state, bands: [1] }).split("&");
  const names = list.map((command) => command.split("=")[0]);
  const order = ["SDS", "MINMAX", "MINMAX", "SHD", "CTW", "GAM", "INV", "CMP", "CNT"];
  assert.deepEqual(names, order);
});

test("a mix of three bands has no colour map", () => {
  assert.equal(commands({ ...NEUTRAL, bands: [0, 0, 0], map: "hot" }), "CTW=[1;1;1]");
});

test("what makes no sense in an address is passed over", () => {
  for (const text of [
    "view=1.5&map=rainbow&bands=1,2&bands=9999&gamma=&contrast=x",
    "range=0:1&range=a:1,2&range=0:NaN,1&shade=1&shade=a,b&nothing=1&=&&&",
    "range=0:Infinity,1&__proto__=1&constructor=2&map=%E0",
  ]) {
    assert.deepEqual(readState(text), NEUTRAL, text);
  }
});

test("numbers of an address stay within the limits of the controls", () => {
  assert.equal(readState("gamma=99").gamma, 5);
  assert.equal(readState("contrast=-1").contrast, 0.2);
  const shade = { azimuth: 360, elevation: 0, height: 1000 };
  assert.deepEqual(readState("shade=1e9,-5,1e9").shade, shade);
});

test("escapes that browsers put into an address are read", () => {
  assert.deepEqual(readState("range=0:1,2%3B1:3,4").ranges, { 0: [1, 2], 1: [3, 4] });
});
