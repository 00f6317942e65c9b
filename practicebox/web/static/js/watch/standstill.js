/**
 * Notices that nothing arrives any more, seconds before the browser does, and that the device has
 * slept. Pure: what has arrived and the time in, a word out.
 *
 * Sound is sent also while nobody speaks, so a pause of more than a second is a dead path.
 */

const SILENCE = 1500; // milliseconds; a hiccup of a mobile network is shorter
const LONGEST = 24_000; // milliseconds between two tries; the first one is SILENCE long
const NAP = 4000; // milliseconds without a look; hidden pages look once a second

export class Standstill {
  #pulse = "";
  #beat = 0; // when the pulse last changed; 0 until it did
  #looked;
  #wait = SILENCE;

  /** @param {number} now - milliseconds; a device may sleep before the first look */
  constructor(now) {
    this.#looked = now;
  }

  /**
   * @param {string} pulse - another one whenever something has arrived; empty when browsers have
   *   forgotten it after 10 s, and on a new connection
   * @param {boolean} isFed - whether the other side sends anything
   * @param {number} now - milliseconds
   * @returns {"" | "silent" | "slept"}
   */
  look(pulse, isFed, now) {
    const hasSlept = now - this.#looked > NAP;
    this.#looked = now;
    if (hasSlept) {
      this.#beat &&= now; // what should have come meanwhile is not missed
      return "slept";
    }
    return this.#isSilent(pulse, isFed, now) ? "silent" : "";
  }

  /** @param {string} pulse @param {boolean} isFed @param {number} now */
  #isSilent(pulse, isFed, now) {
    if (pulse && pulse !== this.#pulse) {
      this.#pulse = pulse;
      this.#beat = now;
      this.#wait = SILENCE;
    }
    if (!isFed) this.#beat &&= now;
    if (!this.#beat || now - this.#beat < this.#wait) return false;
    this.#beat = now;
    this.#wait = Math.min(2 * this.#wait, LONGEST);
    return true;
  }
}
