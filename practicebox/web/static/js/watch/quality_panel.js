/**
 * The button that shows how the connection is, and the details behind it: three curves and the kind
 * of path. Screen readers hear when the word changes, not every number.
 */

import { on } from "../call/events.js";
import { element, part, say } from "../stage/dom.js";
import { LENGTH, points } from "./curve.js";
import { loss } from "./words.js";

/** @typedef {import("./measure.js").Sample} Sample */

const CURVES = /** @type {const} */ ([
  { id: "round-trip", least: 0.1, read: roundTrip, factor: 1000 },
  { id: "loss", least: 0.1, read: loss, factor: 100 },
  { id: "bit-rate", least: 200_000, read: bitRate, factor: 1 / 1000 },
]);

/**
 * @param {import("./care.js").Care} care
 * @param {import("../call/connection.js").Connection} connection
 */
export function showQuality(care, connection) {
  const button = element("quality", HTMLButtonElement);
  const panel = element("quality-panel", HTMLElement);
  const kept = /** @type {Sample[]} */ ([]);
  /** @param {boolean} isOpen */
  const open = (isOpen) => {
    panel.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) draw(kept);
  };
  button.addEventListener("click", () => open(panel.hidden !== false));
  panel.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    open(false);
    button.focus();
  });
  on(care, "judged", ({ word, sample }) => {
    kept.push(sample);
    kept.splice(0, kept.length - LENGTH);
    showWord(button, word);
    if (!panel.hidden) draw(kept);
  });
  on(connection, "state", ({ state }) => (button.hidden = state !== "connected"));
}

/** @param {HTMLButtonElement} button @param {import("./words.js").Word} word */
function showWord(button, word) {
  const isNews = button.dataset.word !== undefined && button.dataset.word !== word;
  button.dataset.word = word;
  button.hidden = false;
  say(part(button, ".quality-word", HTMLElement), word);
  if (isNews) say(element("quality-said", HTMLElement), word);
}

/** @param {Sample[]} samples */
function draw(samples) {
  const last = samples.at(-1);
  for (const { id, least, read, factor } of CURVES) {
    const values = samples.map(read);
    const row = element(`quality-${id}`, HTMLElement);
    const value = Math.round((values.at(-1) ?? 0) * factor);
    say(row, "value", { value: value.toLocaleString(document.documentElement.lang) });
    row.parentElement?.querySelector("polyline")?.setAttribute("points", points(values, least));
  }
  say(element("quality-path", HTMLElement), last?.path?.isRelayed ? "relayed" : "direct");
}

/** @param {Sample} sample */
function roundTrip(sample) {
  return sample.roundTrip ?? 0;
}

/** @param {Sample} sample */
function bitRate({ audio, video }) {
  return audio.received + video.received + audio.sent + video.sent;
}
