/**
 * How large a picture each connection of a conference gets: by the number of people, and by the
 * weakest of this side's lines, for all of them go out through one uplink. Pure.
 */

/** @typedef {import("../call/encodings.js").Aim} Aim */

/** @param {number} pixels @param {number} bitrate @returns {Aim} */
const aim = (pixels, bitrate) => ({ preference: "maintain-framerate", pixels, bitrate });

export const STEPS = [
  aim(1280 * 720, 2_500_000), // 2 people
  aim(640 * 360, 500_000), // 3 and 4
  aim(426 * 240, 300_000), // 5 and 6
  aim(320 * 180, 200_000), // 7 to 9
];
// What the camera itself gives at each step: made smaller once, not once for each of the others,
// which costs a phone with eight of them more than encoding does.
export const CAMERA = [
  { width: 1280, height: 720, frameRate: 30 },
  { width: 640, height: 360, frameRate: 30 },
  { width: 426, height: 240, frameRate: 20 },
  { width: 320, height: 180, frameRate: 15 },
];
const LEAST = [700_000, 250_000, 180_000, 0]; // bit/s a line must carry for the step
const SPARE = 1.1; // times that, before a larger picture is tried
const STRAINED = 2; // looks in a row until it gets smaller
const CALM = 4; // … until it gets larger again; doubles after a try that failed
const LONGEST = 32;

/** @param {number} people - in all @returns {number} index of the largest step for so many */
export function byCount(people) {
  if (people <= 2) return 0;
  if (people <= 4) return 1;
  return people <= 6 ? 2 : 3;
}

/**
 * @typedef {object} Look
 * @property {number} rate - bit/s that the weakest line carries; NaN where the browser doesn't tell
 * @property {boolean} isHot - the device can't encode that much
 */

export class Uplink {
  #down = 0; // steps below what the number of people allows
  #strained = 0;
  #calm = 0;
  #patience = CALM;

  /**
   * @param {number} people
   * @param {Look} look
   * @returns {number} index of the step from now on
   */
  judge(people, { rate, isHot }) {
    const most = byCount(people);
    this.#down = Math.min(this.#down, STEPS.length - 1 - most);
    const step = most + this.#down;
    const isStrained = isHot || rate < LEAST[step];
    const isRoomy = !isHot && !(rate < LEAST[Math.max(step - 1, most)] * SPARE);
    this.#strained = isStrained ? this.#strained + 1 : 0;
    this.#calm = isRoomy ? this.#calm + 1 : 0;
    if (this.#strained >= STRAINED && step < STEPS.length - 1) this.#move(1);
    else if (this.#calm >= this.#patience && this.#down > 0) this.#move(-1);
    return most + this.#down;
  }

  /** @param {1 | -1} by */
  #move(by) {
    this.#down += by;
    this.#strained = this.#calm = 0;
    if (by === 1) this.#patience = Math.min(2 * this.#patience, LONGEST);
  }
}
