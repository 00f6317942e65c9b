/**
 * What this page and the box agree on about the consultation: role, place, admission, end
 * (docs/protocol.md, section 1). Knows no media. The box may be stopped in the middle and forget;
 * what was said meanwhile, and that the patient was admitted, it is told when it is back.
 *
 * Events: `welcome` (detail: `Welcome`), `place` (detail: `{place}`), `second` (detail:
 * `{waiting}`), `admitted`, `back` (to the waiting room), `ended` (detail: `{how}`, "over" or "phone"), `call-me` (detail:
 * `{wanted}`: the patient asks the practice to call by telephone, or needs it no more), `delayed`
 * (detail: `{minutes}`, 0 if it gets no later than planned).
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
  /** Whether the box has a relay for this page. */
  hasRelay = false;
  #signaling;
  #unsaid = /** @type {Map<string, object>} */ (new Map());
  #wantsCall = false;

  /** @param {import("./signaling.js").Signaling} signaling */
  constructor(signaling) {
    super();
    this.#signaling = signaling;
    on(signaling, "welcome", (message) => this.#welcomed(message));
    on(signaling, "admitted", () => this.#admitted());
    on(signaling, "back", () => this.hasGoneBack());
    on(signaling, "ended", ({ how }) => this.hasEnded(how));
    on(signaling, "place", ({ place }) => this.#moved(place));
    on(signaling, "second", ({ waiting }) => emit(this, "second", { waiting }));
    on(signaling, "delayed", ({ minutes }) => emit(this, "delayed", { minutes }));
    on(signaling, "call-me", ({ wanted }) => emit(this, "call-me", { wanted }));
  }

  /** The clinician asks the patient in, now or as soon as they arrive. */
  admit() {
    this.#unsaid.delete("back");
    this.#say("admit");
  }

  /** The clinician puts the patient back into the waiting room. */
  back() {
    this.#unsaid.delete("admit");
    this.#say("back");
    this.hasGoneBack();
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

  /** @param {boolean} isWanted - whether the patient asks for a call by telephone */
  askForCall(isWanted) {
    if (this.#wantsCall === isWanted) return;
    this.#wantsCall = isWanted;
    this.#say("call-me", { wanted: isWanted });
  }

  /**
   * Somebody with the right to do so ended the consultation.
   *
   * @param {"over" | "phone"} [how] - the practice goes on by telephone
   */
  hasEnded(how = "over") {
    if (this.isOver) return;
    this.isOver = true;
    this.isAdmitted = false;
    emit(this, "ended", { how });
  }

  /** The consultation pauses for the patient. */
  hasGoneBack() {
    if (!this.isAdmitted) return;
    this.isAdmitted = false;
    emit(this, "back");
  }

  /** @param {Welcome} welcome */
  #welcomed(welcome) {
    const forgotten = this.isAdmitted && !welcome.admitted;
    const isBack = this.#unsaid.has("back");
    const urls = welcome.ice.flatMap((server) => server.urls);
    this.hasRelay = urls.some((url) => url.startsWith("turn"));
    emit(this, "welcome", welcome);
    this.#moved(welcome.place);
    if (forgotten && welcome.role === "clinician") this.#unsaid.set("admit", {});
    if (this.#wantsCall) this.#unsaid.set("call-me", { wanted: true });
    for (const [kind, fields] of [...this.#unsaid]) this.#say(kind, fields);
    if (welcome.admitted && !this.isOver && !isBack) this.#admitted(); // the box may not know of the end yet
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

  /** @param {string} kind @param {object} [fields] */
  #say(kind, fields = {}) {
    this.#unsaid.delete(kind);
    if (!this.#signaling.send({ kind, ...fields })) this.#unsaid.set(kind, fields);
  }
}
