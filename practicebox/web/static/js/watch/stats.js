/**
 * How the call is doing, once a second, from the browser's statistics (W3C webrtc-stats).
 *
 * Events: `sample` (detail: `Sample`, see measure.js).
 */

import { emit } from "../call/events.js";
import { measure } from "./measure.js";

const PERIOD = 1000; // milliseconds

export class Statistics extends EventTarget {
  #source;
  #timer = 0;
  #last = /** @type {RTCStatsReport | null} */ (null);

  /** @param {() => Promise<RTCStatsReport | null>} source */
  constructor(source) {
    super();
    this.#source = source;
  }

  start() {
    this.stop();
    this.#timer = window.setInterval(() => this.#sample(), PERIOD);
  }

  stop() {
    clearInterval(this.#timer);
    this.#last = null;
  }

  async #sample() {
    const report = await this.#source();
    if (report) emit(this, "sample", measure(report, this.#last));
    this.#last = report;
  }
}
