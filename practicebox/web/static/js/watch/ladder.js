/**
 * How much of this side's picture the line bears, so that the sound never has to suffer for it: the
 * whole, a small one, or none. Pure: one sample a second in, the rung out (docs/protocol.md,
 * section 5).
 *
 * Down quickly, one rung at a time; up slowly. A paused picture teaches nothing about the line, so
 * coming back is a try: if it fails soon, the next one waits twice as long.
 */

/**
 * @typedef {import("../call/encodings.js").Rung} Rung
 * @typedef {import("./words.js").Word} Word
 *
 * @typedef {object} Line - one second of it
 * @property {number | null} allowance - bit/s that it carries from here, where the browser tells
 * @property {number | null} farLoss - share of the packets from here that got lost, 0 to 1
 * @property {number | null} roundTrip - seconds
 * @property {Word} hearing - how the other side says that our sound arrives
 *
 * @typedef {object} Standing
 * @property {Rung} rung
 * @property {number} strained - seconds in a row
 * @property {number} eased - seconds in a row
 * @property {number} patience - seconds of ease before the picture is tried again
 * @property {number} since - seconds on this rung
 * @property {boolean} isTry - the picture came back to this rung and has to prove itself
 */

const RUNGS = /** @type {Rung[]} */ (["sound", "low", "full"]);
const DOWN = 2; // seconds: one bad report is no bad line
const UP = 5; // seconds from a small picture to the whole
const FIRST_TRY = 6; // seconds of ease from none to a small one
const LAST_TRY = 48;
const SOON = 10; // seconds in which a picture that came back proves itself

const LOSS = /** @type {const} */ ({ low: 0.1, full: 0.04 }); // above this the rung is left
const ROUND_TRIP = /** @type {const} */ ({ low: 1, full: 0.6 }); // seconds; queues grow before loss
const ALLOWANCE = /** @type {const} */ ({ low: 90_000, full: 250_000 }); // bit/s, sound included
const RECOVERED = 400_000; // bit/s for the whole picture again; a small one proves some of it

/** @returns {Standing} */
export function atFirst() {
  return { rung: "full", strained: 0, eased: 0, patience: FIRST_TRY, since: 0, isTry: false };
}

/**
 * @param {Standing} now
 * @param {Line} line
 * @returns {Standing}
 */
export function step(now, line) {
  const isStrained = strains(now.rung, line);
  const next = {
    ...now,
    strained: isStrained ? now.strained + 1 : 0,
    eased: isStrained || !mayRise(now.rung, line) ? 0 : now.eased + 1,
    since: now.since + 1,
  };
  if (now.isTry && next.since === SOON) next.patience = FIRST_TRY;
  if (next.strained >= DOWN && now.rung !== "sound") return descend(next);
  const needed = now.rung === "sound" ? now.patience : UP;
  return next.eased >= needed && now.rung !== "full" ? move(next, 1) : next;
}

/** @param {Standing} now */
function descend(now) {
  const hasFailed = now.isTry && now.since < SOON;
  const patience = hasFailed ? Math.min(2 * now.patience, LAST_TRY) : now.patience;
  return move({ ...now, patience }, -1);
}

/**
 * @param {Standing} now
 * @param {-1 | 1} by
 * @returns {Standing}
 */
function move(now, by) {
  const rung = RUNGS[RUNGS.indexOf(now.rung) + by];
  return { ...now, rung, strained: 0, eased: 0, since: 0, isTry: by > 0 };
}

/**
 * @param {Rung} rung
 * @param {Line} line
 */
function strains(rung, { allowance, farLoss, roundTrip, hearing }) {
  const at = rung === "full" ? "full" : "low";
  const isTight = rung !== "sound" && (allowance ?? Infinity) < ALLOWANCE[at];
  const isHeardBadly = hearing === "poor" || (at === "full" && hearing === "fair");
  const isLossy = (farLoss ?? 0) > LOSS[at];
  return isTight || isHeardBadly || isLossy || (roundTrip ?? 0) > ROUND_TRIP[at];
}

/**
 * @param {Rung} rung
 * @param {Line} line
 */
function mayRise(rung, line) {
  if (rung !== "low") return true;
  return !strains("full", line) && (line.allowance ?? Infinity) >= RECOVERED;
}
