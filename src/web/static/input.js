// Turns mouse, touch, pen, wheel and keys into moves of the view.

/** Pixels a pointer may move and still count as a tap. */
const TAP_DISTANCE = 8;
/** Milliseconds between the taps of a double tap. */
const DOUBLE_TAP = 320;
/** Milliseconds before the release that decide how fast the hand was. */
const RELEASE = 120;
/** Seconds a glide would last at the speed of the hand. */
const GLIDE = 0.18;

/** Listens on the canvas; one pointer moves, two pinch, two taps zoom. */
export function listenToPointers(canvas, view) {
  const pointers = new Map();
  let moved = 0;
  let trail = [];
  let lastTap = { time: -Infinity, x: 0, y: 0 };

  const centre = () => {
    const all = [...pointers.values()];
    const x = all.reduce((sum, point) => sum + point.x, 0) / all.length;
    const y = all.reduce((sum, point) => sum + point.y, 0) / all.length;
    const spread = all.length > 1 ? Math.hypot(all[0].x - all[1].x, all[0].y - all[1].y) : 0;
    return { x, y, spread };
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (pointers.size === 0) moved = 0;
    pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    trail = [];
    view.moveTo(view.now);
    canvas.classList.add("held");
  });

  canvas.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const before = centre();
    pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    const after = centre();
    const delta = { x: after.x - before.x, y: after.y - before.y };
    moved += Math.hypot(delta.x, delta.y) + Math.abs(after.spread - before.spread);
    if (moved < TAP_DISTANCE) return;
    trail.push({ time: event.timeStamp, ...after });
    trail = trail.filter(({ time }) => time > event.timeStamp - RELEASE);
    if (before.spread > 0) view.zoomAt(after.x, after.y, after.spread / before.spread);
    view.panBy(delta.x, delta.y);
    view.arrive();
  });

  const release = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    const path = trail.filter(({ time, spread }) => time > event.timeStamp - RELEASE && !spread);
    // The finger that stays after a pinch begins a new movement.
    trail = [];
    if (pointers.size > 0) return;
    canvas.classList.remove("held");
    if (event.type === "pointercancel") return;
    if (moved < TAP_DISTANCE) tap(event);
    else if (view.animated) glide(path);
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);

  /** Starts as fast as the hand was. */
  const glide = (path) => {
    if (path.length < 2) return;
    const [first, last] = [path[0], path[path.length - 1]];
    const share = (GLIDE * 1000) / Math.max(8, last.time - first.time);
    view.panBy((last.x - first.x) * share, (last.y - first.y) * share, GLIDE);
  };

  const tap = (event) => {
    const { offsetX: x, offsetY: y, timeStamp: time } = event;
    const near = Math.hypot(x - lastTap.x, y - lastTap.y) < 32;
    if (near && time - lastTap.time < DOUBLE_TAP) {
      view.zoomAt(x, y, event.shiftKey ? 0.4 : 2.5, 0.14);
      lastTap = { time: -Infinity, x, y };
    } else {
      lastTap = { time, x, y };
    }
  };

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      const delta = Math.max(-240, Math.min(240, event.deltaY * lines));
      // A pinch on a touch pad arrives as small steps of the wheel with Control.
      const speed = event.ctrlKey ? 0.01 : 0.0022;
      view.zoomAt(event.offsetX, event.offsetY, Math.exp(-delta * speed));
    },
    { passive: false },
  );
}

/** Listens on the window; `actions` are the functions of the tool buttons by name. */
export function listenToKeys(view, actions) {
  const step = (x, y) => () => view.panBy(x * view.width * 0.2, y * view.height * 0.2);
  const keys = {
    ArrowLeft: step(1, 0),
    ArrowRight: step(-1, 0),
    ArrowUp: step(0, 1),
    ArrowDown: step(0, -1),
    "+": actions.in,
    "=": actions.in,
    "-": actions.out,
    _: actions.out,
    0: actions.fit,
    1: actions.full,
    f: actions.screen,
    a: actions.adjust,
    p: actions.profile,
    l: actions.panel,
    Escape: actions.close,
  };
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, select") && event.key !== "Escape") return;
    // Arrow keys scroll a panel while it has the focus.
    if (event.key.startsWith("Arrow") && event.target.closest("aside")) return;
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  });
}
