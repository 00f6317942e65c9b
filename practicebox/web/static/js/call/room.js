/**
 * What this page and the box agree on about the consultation: role, place, admission, end
 * (docs/protocol.md, section 1). Knows no media. The box may be stopped in the middle and forget;
 * what was said meanwhile, and that the patient was admitted, it is told when it is back.
 *
 * Events: `welcome` (detail: `Welcome`), `place` (detail: `{place}`), `second` (detail:
 * `{waiting}`), `admitted`, `ended`.
 */

import { emit, on } from "./events.js";

/**
 * @typedef {"here" | "second"} Place
 * @typedef {object} Welcome
 * @property {"clinician" | "patient"} role
 * @property {Place} place
 * @property {boolean} admitted
 * @property {RTCIceServer[]} ice
 * @property {string | null} announced
 */

export class Room extends EventTarget {
  isAdmitted = false;
  isOver = false;
  place = /** @type {Place} */ ("here");
  #signaling;
  #unsaid = /** @type {Set<"admit" | "swap" | "end">} */ (new Set());

  /** @param {import("./signaling.js").Signaling} signaling */
  constructor(signaling) {
    super();
    this.#signaling = signaling;
    on(signaling, "welcome", (message) => this.#welcomed(message));
    on(signaling, "admitted", () => this.#admitted());
    on(signaling, "ended", () => this.hasEnded());
    on(signaling, "place", ({ place }) => this.#moved(place));
    on(signaling, "second", ({ waiting }) => emit(this, "second", { waiting }));
  }

  /** The clinician asks the patient in, now or as soon as they arrive. */
  admit() {
    this.#say("admit");
  }

  /** The clinician lets the waiting second device take the patient's place. */
  swap() {
    this.#say("swap");
  }

  /** The clinician ends the consultation for both, with or without the box. */
  end() {
    this.#say("end");
    this.hasEnded();
  }

  /** Somebody with the right to do so ended the consultation. */
  hasEnded() {
    if (this.isOver) return;
    this.isOver = true;
    this.isAdmitted = false;
    emit(this, "ended");
  }

  /** @param {Welcome} welcome */
  #welcomed(welcome) {
    const forgotten = this.isAdmitted && !welcome.admitted;
    emit(this, "welcome", welcome);
    this.#moved(welcome.place);
    if (forgotten && welcome.role === "clinician") this.#unsaid.add("admit");
    for (const kind of [...this.#unsaid]) this.#say(kind);
    if (welcome.admitted && !this.isOver) this.#admitted(); // the box may not know of the end yet
  }

  #admitted() {
    if (this.isAdmitted) return;
    this.isAdmitted = true;
    this.isOver = false;
    emit(this, "admitted");
  }

  /** @param {Place} place */
  #moved(place) {
    if (this.place === place) return;
    this.place = place;
    if (place === "second") this.isAdmitted = false;
    emit(this, "place", { place });
  }

  /** @param {"admit" | "swap" | "end"} kind */
  #say(kind) {
    this.#unsaid.delete(kind);
    if (!this.#signaling.send({ kind })) this.#unsaid.add(kind);
  }
}
