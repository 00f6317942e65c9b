/**
 * The last minute of a number as a line to draw. Pure.
 */

export const LENGTH = 60; // samples, one a second
export const WIDTH = 60; // of the drawing, in its own units
export const HEIGHT = 16;

/**
 * @param {number[]} values - the newest last, which stands at the right
 * @param {number} least - what fills the height at least, so that small numbers look small
 * @returns {string} the `points` of an SVG polyline
 */
export function points(values, least) {
  const top = Math.max(least, ...values);
  const shown = values.slice(-LENGTH);
  const x = (/** @type {number} */ index) => WIDTH - shown.length + index + 1;
  const y = (/** @type {number} */ value) => HEIGHT - 1 - (value / top) * (HEIGHT - 2);
  return shown.map((value, index) => `${x(index)},${y(value).toFixed(1)}`).join(" ");
}
