/**
 * Takes care of a call that stands: judges it once a second, lowers and pauses this side's picture
 * before the sound suffers, tells the other side how its sound arrives. Knows no elements.
 *
 * Events: `judged` (detail: `{word, sample}`, once a second), `rung` (detail: `{rung}`).
 */

import { emit, on } from "../call/events.js";
import { atFirst, step } from "./ladder.js";
import { Statistics } from "./stats.js";
import { hearing, judged, nothingSaid, speak } from "./words.js";

/** @typedef {import("./measure.js").Sample} Sample */

const GRACE = 6; // seconds after an interruption; reports on sound come every 5 s, and tell of it

export class Care extends EventTarget {
  #connection;
  #introduction;
  #standing = atFirst();
  #grace = 0;
  #spoken = nothingSaid();
  #heard = nothingSaid();

  /**
   * @param {import("../call/connection.js").Connection} connection
   * @param {import("../call/introduce.js").Introduction} introduction
   */
  constructor(connection, introduction) {
    super();
    this.#connection = connection;
    this.#introduction = introduction;
    const statistics = new Statistics(() => connection.statistics());
    on(statistics, "sample", (sample) => connection.state === "connected" && this.#take(sample));
    statistics.start();
  }

  get rung() {
    return this.#standing.rung;
  }

  /** @param {Sample} sample */
  #take(sample) {
    this.#grace = this.#isBroken(sample) ? GRACE : this.#grace - 1;
    if (this.#grace <= 0) this.#judge(sample);
    emit(this, "judged", { word: this.#spoken.word, sample });
  }

  /**
   * A path that broke says nothing of what the line bears, before it or after.
   *
   * @param {Sample} sample
   */
  #isBroken({ isStill }) {
    return this.#introduction.other.microphone && isStill;
  }

  /** @param {Sample} sample */
  #judge(sample) {
    this.#spoken = speak(this.#spoken, judged(sample));
    this.#heard = speak(this.#heard, hearing(sample));
    const before = this.rung;
    const far = this.#introduction.other.hearing;
    this.#standing = step(this.#standing, { ...sample, hearing: far });
    if (this.rung !== before) this.#climb();
    this.#introduction.report({ paused: this.rung === "sound", hearing: this.#heard.word });
  }

  #climb() {
    this.#connection.limit(this.rung);
    emit(this, "rung", { rung: this.rung });
  }
}
