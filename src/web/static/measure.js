// What controls should offer, from the facts and statistics of an image. No page.

/**
 * Completes facts by the statistics of the channels that are no alpha: `domains` are what sliders
 * should reach, `auto` is where the percentiles 1 and 99 are, `samples` counts alpha too.
 */
export function measure(facts, { channels }) {
  facts.samples = Math.max(facts.ranges.length, channels.length);
  facts.channels = channels.length;
  facts.auto = channels.map(({ percentiles, min, max }) => [
    short(percentiles?.[1] ?? min ?? 0),
    short(percentiles?.[99] ?? max ?? 1),
  ]);
  facts.ranges = channels.map(
    ({ min, max }, number) => facts.ranges[number] ?? [min ?? 0, max ?? 1],
  );
  facts.domains = channels.map(({ min, max }, number) => {
    const [low, high] = facts.ranges[number];
    // A picture of 8 bits is seen against all it could be.
    if (facts.bits <= 8 || !Number.isFinite(min)) return [low, high];
    if (isWholeType([low, high], facts.bits)) return widened([min, max], [low, high]);
    const [least, most] = widened([min, max]);
    return [Math.min(low, least), Math.max(high, most)];
  });
}

/** Stands in for statistics that could not be had. */
export function unmeasured(facts) {
  if (facts.ranges.length === 0) facts.ranges = [[0, 1]];
  facts.domains = facts.ranges;
  facts.channels = facts.samples = facts.ranges.length;
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
