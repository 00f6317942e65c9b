/**
 * What the page shows while the check runs: one panel, the progress, and what came of each step.
 */

import { element, part } from "../stage/dom.js";

/**
 * @typedef {"ask" | "camera" | "microphone" | "sound" | "paths" | "line" | "echo"} Panel
 * @typedef {"good" | "warn" | "bad" | "skipped"} State
 * @typedef {"begin" | "run" | "done"} Section
 */

const NUMBERS = /** @type {Record<Panel, number>} */ ({
  ask: 1,
  camera: 1,
  microphone: 2,
  sound: 3,
  paths: 4,
  line: 5,
  echo: 6,
});
const WIDE = 12_500; // kbit/s at the end of the bar; its scale is a square root, 2,000 at 0.4

/** @param {Section} name */
export function show(name) {
  for (const section of ["begin", "run", "done"]) {
    element(section, HTMLElement).hidden = section !== name;
  }
  element(`${name}-title`, HTMLElement).focus();
}

/** @param {Panel} name */
export function showPanel(name) {
  for (const each of document.querySelectorAll("[data-panel]")) {
    const panel = /** @type {HTMLElement} */ (each);
    panel.hidden = panel.dataset.panel !== name;
    if (!panel.hidden) announce(panel);
  }
  const progress = element("progress", HTMLProgressElement);
  const label = element("progress-text", HTMLElement);
  progress.value = NUMBERS[name];
  label.textContent = (label.dataset.words ?? "")
    .replace("{number}", String(NUMBERS[name]))
    .replace("{count}", String(progress.max));
}

/** @param {HTMLElement} panel - whose heading is read out */
function announce(panel) {
  const heading = part(panel, "h2", HTMLElement);
  element("run-status", HTMLElement).textContent = heading.textContent;
}

/** @param {string} step @param {State} state @param {string} [text] - if the state doesn't say it */
export function note(step, state, text) {
  const list = element("steps", HTMLElement);
  const line = part(list, `[data-step="${step}"]`, HTMLElement);
  line.dataset.state = state;
  part(line, "[data-result]", HTMLElement).textContent = text ?? list.dataset[state] ?? "";
}

/** @param {string} step - which this box does not offer */
export function drop(step) {
  part(element("steps", HTMLElement), `[data-step="${step}"]`, HTMLElement).hidden = true;
}

/** @param {number} speed - kbit/s, while it is measured */
export function showSpeed(speed) {
  element("speed", HTMLMeterElement).value = onScale(speed);
}

/** @param {"down" | "up"} step @param {boolean} isEnough @param {number} speed - kbit/s */
export function noteSpeed(step, isEnough, speed) {
  const list = element("steps", HTMLElement);
  const { lang } = document.documentElement;
  const figure = (speed / 1000).toLocaleString(lang, { maximumFractionDigits: 1 });
  const { good, slow, speed: words = "" } = list.dataset;
  const text = `${isEnough ? good : slow} (${words.replace("{speed}", figure)})`;
  note(step, isEnough ? "good" : "warn", text);
  part(list, `[data-step="${step}"] meter`, HTMLMeterElement).value = onScale(speed);
}

/** @param {number} speed - kbit/s @returns {number} 0 to 1 */
function onScale(speed) {
  return Math.min(1, Math.sqrt(speed / WIDE));
}

/**
 * @param {string[]} ids - of buttons
 * @returns {Promise<string>} the id of the one that was pressed
 */
export function pressed(ids) {
  const listening = new AbortController();
  return new Promise((resolve) => {
    for (const id of ids) {
      const press = () => {
        listening.abort();
        resolve(id);
      };
      element(id, HTMLButtonElement).addEventListener("click", press, listening);
    }
  });
}
