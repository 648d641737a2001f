// Where the values of an image lie, from profiles through it. No page.

import { readProfile } from "./iip.js";

/** Channels of a profile of one point. */
export function countOf({ profile }) {
  return (Array.isArray(profile) ? profile : Object.values(profile)[0] ?? []).length;
}

/**
 * Completes facts by what profiles say: `domains` are what sliders should reach, `auto` is about
 * what the percentiles 1 and 99 are.
 */
export function measure(facts, profiles, channels) {
  const curves = profiles.flatMap((profile) => readProfile(profile, channels, facts));
  const channel = (number) => spread(curves.filter((curve) => curve.channel === number));
  const spreads = Array.from({ length: channels }, (_, number) => channel(number));
  facts.auto = spreads.map(({ auto }) => auto);
  facts.ranges = spreads.map(({ whole }, number) => facts.ranges[number] ?? whole);
  facts.domains = spreads.map(({ whole }, number) => {
    const [low, high] = facts.ranges[number];
    if (isWholeType([low, high], facts.bits)) return widened(whole, [low, high]);
    const [least, most] = widened(whole);
    return [Math.min(low, least), Math.max(high, most)];
  });
}

function spread(curves) {
  const values = curves.flatMap((curve) => curve.values).filter(Number.isFinite);
  if (values.length === 0) return { whole: [0, 1], auto: [0, 1] };
  values.sort((a, b) => a - b);
  const at = (share) => short(values[Math.round(share * (values.length - 1))]);
  return { whole: [at(0), at(1)], auto: [at(0.01), at(0.99)] };
}

/** Whether a range says no more than how many bits there are. */
function isWholeType([low, high], bits) {
  const steps = 0.999 * (2 ** bits - 1);
  return high - low >= steps && (low === 0 || low <= -steps / 2);
}

/** A tenth more on both sides, but not past what the type holds; whole numbers stay whole. */
function widened([low, high], limits) {
  const margin = (high - low || Math.abs(high) || 1) / 10;
  if (!limits) return [short(low - margin), short(high + margin)];
  return [
    Math.max(Math.floor(low - margin), limits[0]),
    Math.min(Math.ceil(high + margin), limits[1]),
  ];
}

/** Four digits, which fit their field; whole numbers have all. */
function short(value) {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
