// Scales and lines of a chart: numbers only, no page.

/** Lowest and highest number of all curves; undefined when there is none. */
export function extent(curves) {
  let [low, high] = [Infinity, -Infinity];
  for (const { values } of curves) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : undefined;
}

/** A linear scale from a domain to lengths; a domain of one value is in the middle. */
export function scale([low, high], [start, end]) {
  const span = high - low;
  return (value) => (span > 0 ? start + ((value - low) / span) * (end - start) : (start + end) / 2);
}

/** Round numbers within a domain, about `count` of them. */
export function ticks([low, high], count) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Sums of steps would gather rounding errors.
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** A curve as SVG path data; missing values leave gaps, and lone values are dots. */
export function path(values, x, y) {
  let data = "";
  let open = false;
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) {
      open = false;
      return;
    }
    const alone = !open && !Number.isFinite(values[index + 1]);
    const point = `${round(x(index))},${round(y(value))}`;
    data += alone ? `M${point}h0` : `${open ? "L" : "M"}${point}`;
    open = true;
  });
  return data;
}

/** A number for people: six digits, no zeros at the end. */
export function label(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "–";
}

function round(value) {
  return Math.round(value * 10) / 10;
}
