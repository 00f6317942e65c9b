/**
 * How the call is doing in one word of three. Pure: one sample a second in, the word out.
 */

/**
 * @typedef {"good" | "fair" | "poor"} Word
 * @typedef {import("./measure.js").Sample} Sample
 *
 * @typedef {object} Spoken
 * @property {Word} word
 * @property {number} others - samples in a row that ask for another word
 */

const WORSE = 2; // samples until the word gets worse
const BETTER = 4; // samples until it gets better
const ORDER = /** @type {Word[]} */ (["poor", "fair", "good"]);

const LIMITS = /** @type {const} */ ({
  roundTrip: [0.3, 0.8], // seconds; above 0.3 people begin to interrupt each other (ITU-T G.114)
  loss: [0.03, 0.1], // share of the packets
  concealed: [0.04, 0.15], // share of the sound; Opus hides a few per cent well
});

/** @returns {Spoken} */
export function nothingSaid() {
  return { word: "good", others: 0 };
}

/**
 * @param {Spoken} before
 * @param {Word} asked - by the present sample
 * @returns {Spoken}
 */
export function speak({ word, others }, asked) {
  if (asked === word) return { word, others: 0 };
  const needed = ORDER.indexOf(asked) < ORDER.indexOf(word) ? WORSE : BETTER;
  return others + 1 < needed ? { word, others: others + 1 } : { word: asked, others: 0 };
}

/**
 * @param {Sample} sample
 * @returns {Word} for the line as a whole, both directions
 */
export function judged(sample) {
  return worst([
    graded("roundTrip", sample.roundTrip ?? 0),
    graded("loss", loss(sample)),
    hearing(sample),
  ]);
}

/**
 * @param {Pick<Sample, "audio" | "concealed">} sample
 * @returns {Word} for how the sound of the other side arrives
 */
export function hearing({ audio, concealed }) {
  return worst([graded("loss", audio.loss), graded("concealed", concealed)]);
}

/** @param {Pick<Sample, "audio" | "video" | "farLoss">} sample @returns {number} 0 to 1 */
export function loss({ audio, video, farLoss }) {
  return Math.max(audio.loss, video.loss, farLoss ?? 0);
}

/** @param {keyof typeof LIMITS} measure @param {number} value @returns {Word} */
function graded(measure, value) {
  const [fair, poor] = LIMITS[measure];
  if (value > poor) return "poor";
  return value > fair ? "fair" : "good";
}

/** @param {Word[]} words */
function worst(words) {
  return ORDER.find((word) => words.includes(word)) ?? "good";
}
