// What the controls change: a state, its text in the address, its commands. No page.

import { MAPS } from "./colormaps.js";

/** The image as it is. Other states are copies with changed members. */
export const NEUTRAL = Object.freeze({
  /** Page of a stack or horizontal view of a sequence; null is the server's choice. */
  view: null,
  /** `auto`, or by channel the values shown black and white. */
  ranges: Object.freeze({}),
  /** Angles of the light in degrees and the factor of heights; null is no shading. */
  shade: null,
  /** One band to show, or three as red, green and blue; null is as they are. */
  bands: null,
  /** Exponent, or the name of a curve. */
  gamma: 1,
  invert: false,
  /** Name of a colour map, perhaps empty. */
  map: "",
  contrast: 1,
});

/** What `GAM` knows besides exponents. */
export const CURVES = ["log", "asinh", "sqrt"];

/** Limits of what the controls offer, which a shared address cannot exceed. */
export const LIMITS = {
  gamma: [0.2, 5],
  contrast: [0.2, 5],
  azimuth: [0, 360],
  elevation: [0, 90],
  height: [0.001, 1000],
};

/** Bands of an image that can be chosen: the columns that `CTW` takes. */
export const MOST_BANDS = 1024;

/** The commands of a state in the order the server works in; empty when nothing is changed. */
export function commands(state) {
  const list = [];
  if (state.view !== null) list.push(`SDS=${state.view}`);
  if (state.ranges === "auto") list.push("MINMAX=-:p1,p99");
  else for (const range of rangeTexts(state.ranges)) list.push(`MINMAX=${range}`);
  if (state.shade) list.push(`SHD=${shadeText(state.shade)}`);
  if (state.bands) list.push(`CTW=[${state.bands.map(row).join(";")}]`);
  if (state.gamma !== 1) list.push(`GAM=${numberText(state.gamma)}`);
  if (state.invert) list.push("INV");
  // A map colours one band, so a mix of three has none.
  if (state.map && state.bands?.length !== 3) list.push(`CMP=${state.map}`);
  if (state.contrast !== 1) list.push(`CNT=${numberText(state.contrast)}`);
  return list.join("&");
}

/** The state as it stands in the address behind the position; empty when nothing is changed. */
export function stateText(state) {
  const list = [];
  if (state.view !== null) list.push(`view=${state.view}`);
  const ranges = state.ranges === "auto" ? "auto" : rangeTexts(state.ranges).join(";");
  if (ranges) list.push(`range=${ranges}`);
  if (state.shade) list.push(`shade=${shadeText(state.shade)}`);
  if (state.bands) list.push(`bands=${state.bands.join(",")}`);
  if (state.gamma !== 1) list.push(`gamma=${numberText(state.gamma)}`);
  if (state.invert) list.push("invert");
  if (state.map) list.push(`map=${state.map}`);
  if (state.contrast !== 1) list.push(`contrast=${numberText(state.contrast)}`);
  return list.join("&");
}

/** Reads what `stateText` wrote; what makes no sense is left at its neutral value. */
export function readState(text) {
  const state = { ...NEUTRAL };
  for (const part of text.split("&")) {
    const [name, value = ""] = part.split("=", 2);
    const read = Object.hasOwn(READERS, name) ? READERS[name](decoded(value)) : null;
    if (read !== null) state[name === "range" ? "ranges" : name] = read;
  }
  return state;
}

const READERS = {
  view: (text) => (/^-?\d{1,9}$/.test(text) ? Number(text) : null),
  range: (text) => (text === "auto" ? text : readRanges(text)),
  shade: readShade,
  bands: readBands,
  gamma: (text) => (CURVES.includes(text) ? text : limited(text, LIMITS.gamma)),
  invert: (text) => text !== "0",
  map: (text) => (MAPS.includes(text) ? text : null),
  contrast: (text) => limited(text, LIMITS.contrast),
};

function readRanges(text) {
  const ranges = {};
  for (const part of text.split(";")) {
    const found = /^(\d{1,4}):([^,]+),([^,]+)$/.exec(part);
    const [min, max] = found ? [Number(found[2]), Number(found[3])] : [NaN, NaN];
    if (Number.isFinite(min) && Number.isFinite(max)) ranges[Number(found[1])] = [min, max];
  }
  return ranges;
}

function readShade(text) {
  const [azimuth, elevation, height = "1"] = text.split(",");
  const shade = {
    azimuth: limited(azimuth, LIMITS.azimuth),
    elevation: limited(elevation, LIMITS.elevation),
    height: limited(height, LIMITS.height),
  };
  return Object.values(shade).includes(null) ? null : shade;
}

function readBands(text) {
  const bands = text.split(",").map((band) => (/^\d{1,4}$/.test(band) ? Number(band) : MOST_BANDS));
  const right = [1, 3].includes(bands.length) && bands.every((band) => band < MOST_BANDS);
  return right ? bands : null;
}

function limited(text = "", [low, high]) {
  const value = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.min(Math.max(value, low), high) : null;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function rangeTexts(ranges) {
  return Object.entries(ranges).map(
    ([channel, [min, max]]) => `${channel}:${numberText(min)},${numberText(max)}`,
  );
}

/** The server takes whole degrees. */
function shadeText({ azimuth, elevation, height }) {
  return `${Math.round(azimuth)},${Math.round(elevation)},${numberText(height)}`;
}

/** A row of `CTW` that takes one band; weights that are left out are 0. */
function row(band) {
  return "0,".repeat(band) + "1";
}

/** Digits of single precision. A plus sign would be a space to some servers. */
export function numberText(value) {
  return typeof value === "number" ? String(Number(value.toPrecision(7))).replace("+", "") : value;
}
