/**
 * The steps without the patient: the paths to the box, then the line. They begin at once, and are
 * shown when nothing else is.
 */

import { measureDown, measureUp } from "./line.js";
import { tryPaths } from "./paths.js";
import { PASS } from "./verdict.js";
import { drop, note, noteSpeed, showPanel, showSpeed } from "./view.js";

/**
 * @typedef {import("./verdict.js").Findings} Findings
 * @typedef {import("./verdict.js").Path} Path
 * @typedef {import("./verdict.js").Reach} Reach
 */

const STATES = /** @type {const} */ ({ ok: "good", reached: "warn", failed: "bad" });

/**
 * @param {Findings} found
 * @returns {{shown: () => Promise<void>}} `shown` lets the patient see what is left of it
 */
export function checkNetwork(found) {
  const paths = tryPaths((path, reach) => keep(found, path, reach)).catch(() => {});
  const line = paths.then(() => measure(found));
  const shown = async () => {
    showPanel("paths");
    await paths;
    showPanel("line");
    await line;
  };
  return { shown };
}

/** @param {Findings} found @param {Path} path @param {Reach} reach */
function keep(found, path, reach) {
  found.paths[path] = reach;
  if (reach === "none") drop(path);
  else note(path, STATES[reach]);
}

/** @param {Findings} found */
async function measure(found) {
  found.down = await measureDown(showSpeed);
  sayLine("down", found.down);
  found.up = await measureUp(showSpeed);
  sayLine("up", found.up);
}

/** @param {"down" | "up"} step @param {number | null} speed */
function sayLine(step, speed) {
  if (speed === null) note(step, "skipped");
  else noteSpeed(step, speed >= PASS, speed);
}
