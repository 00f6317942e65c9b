/**
 * From what was found to what it means. Pure: no page, no browser.
 */

/**
 * @typedef {"good" | "no-sound" | "silent" | "no-udp" | "slow" | "sound-only" | "busy" | "no-camera"
 *   | "no-microphone" | "refused" | "no-path" | "unsuitable"} Verdict - as in `store/appointments/checks.py`
 * @typedef {"green" | "yellow" | "red"} Light
 * @typedef {import("../call/capture.js").Outcome} Outcome
 * @typedef {"stun" | "udp" | "tcp" | "tls"} Path
 * @typedef {"ok" | "reached" | "failed" | "none"} Reach
 *   `reached`: the relay answered but carried nothing; `none`: the box offers no such path
 * @typedef {Object} Findings
 * @property {boolean} capable
 * @property {Outcome} camera
 * @property {Outcome} microphone
 * @property {boolean | null} speech - whether the microphone heard anything; null: not tried
 * @property {boolean | null} sound - whether the test tone was heard; null: not answered
 * @property {Record<Path, Reach>} paths
 * @property {number | null} down - kbit/s; null: could not be measured
 * @property {number | null} up
 * @property {"shown" | "busy" | "failed" | "none"} echo
 */

export const PASS = 2000; // kbit/s: Anlage 31b BMV-Ä
const PICTURE = 700; // kbit/s: 360p takes 500, sound and the way back some more
const YELLOW = new Set(["no-sound", "silent", "no-udp", "slow", "sound-only"]);

/** @returns {Findings} of a check that has not begun */
export function nothingYet() {
  return {
    capable: true,
    camera: "off",
    microphone: "off",
    speech: null,
    sound: null,
    paths: { stun: "none", udp: "none", tcp: "none", tls: "none" },
    down: null,
    up: null,
    echo: "none",
  };
}

/**
 * Everything that stands in the way, the worst first; never empty.
 *
 * @param {Findings} found
 * @returns {Verdict[]}
 */
export function judge(found) {
  if (!found.capable) return ["unsuitable"];
  const all = [...ofPaths(found.paths), ...ofDevices(found), ...ofLine(found), ...ofSound(found)];
  const red = all.filter((verdict) => lightOf(verdict) === "red");
  const yellow = all.filter((verdict) => lightOf(verdict) === "yellow");
  return red.length || yellow.length ? [...red, ...yellow] : ["good"];
}

/** @param {Verdict} verdict @returns {Light} */
export function lightOf(verdict) {
  if (verdict === "good") return "green";
  return YELLOW.has(verdict) ? "yellow" : "red";
}

/** @param {Record<Path, Reach>} paths @returns {Verdict[]} */
function ofPaths({ stun, udp, tcp, tls }) {
  const works = (/** @type {Reach} */ reach) => reach === "ok" || reach === "reached";
  const offered = [stun, udp, tcp, tls].some((reach) => reach !== "none");
  if (!offered || works(stun) || works(udp)) return [];
  return works(tcp) || works(tls) ? ["no-udp"] : ["no-path"];
}

/** @param {Findings} found @returns {Verdict[]} */
function ofDevices({ camera, microphone }) {
  const both = [camera, microphone];
  if (both.includes("insecure")) return ["unsuitable"];
  if (both.includes("denied")) return ["refused"];
  if (both.includes("busy")) return ["busy"];
  const verdicts = /** @type {Verdict[]} */ ([]);
  if (microphone !== "on") verdicts.push("no-microphone");
  if (camera !== "on") verdicts.push("no-camera");
  return verdicts;
}

/** @param {Findings} found @returns {Verdict[]} */
function ofLine({ down, up }) {
  const slowest = Math.min(down ?? Infinity, up ?? Infinity);
  if (slowest >= PASS) return [];
  return slowest >= PICTURE ? ["slow"] : ["sound-only"];
}

/** @param {Findings} found @returns {Verdict[]} */
function ofSound({ speech, sound }) {
  const verdicts = /** @type {Verdict[]} */ ([]);
  if (speech === false) verdicts.push("silent");
  if (sound === false) verdicts.push("no-sound");
  return verdicts;
}
