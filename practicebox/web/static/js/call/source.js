/**
 * One kind of device of this side: its track, its chosen device, how it went.
 *
 * Events: `changed` (another track or outcome), `silenced` and `restored` (the system took the
 * device away, such as a phone call does, or gave it back).
 */

import { capture } from "./capture.js";
import { emit } from "./events.js";

/** @typedef {import("./capture.js").Captured} Captured */

const HINTS = { audio: "speech", video: "motion" };

export class Source extends EventTarget {
  device = ""; // "" is the browser's choice
  #held = /** @type {Captured} */ ({ track: null, outcome: "off" });

  /** @param {import("./capture.js").Kind} kind */
  constructor(kind) {
    super();
    this.kind = kind;
  }

  get track() {
    return this.#held.track;
  }

  get outcome() {
    return this.#held.outcome;
  }

  async open() {
    if (!this.track) this.hold(await capture(this.kind, this.device));
  }

  /** Gives the device back: its light goes out. */
  close() {
    this.hold({ track: null, outcome: "off" });
  }

  /** @param {string} device - its id; the present device carries on if that one fails */
  async choose(device) {
    const before = this.device;
    this.device = device;
    if (!this.track) return;
    this.track.stop(); // phones can't open a second camera beside the first
    const chosen = await capture(this.kind, device);
    if (!chosen.track) this.device = before;
    this.hold(chosen.track ? chosen : await capture(this.kind, before));
  }

  /** @param {Captured} captured */
  hold(captured) {
    const { track } = captured;
    if (this.track !== track) this.track?.stop();
    this.#held = captured;
    if (track) this.#watch(track);
    emit(this, "changed");
  }

  /** @param {MediaStreamTrack} track */
  #watch(track) {
    track.contentHint = HINTS[this.kind];
    track.addEventListener("mute", () => this.track === track && emit(this, "silenced"));
    track.addEventListener("unmute", () => this.track === track && emit(this, "restored"));
    track.addEventListener("ended", () => this.track === track && this.#lost());
  }

  /** The device was unplugged or its permission withdrawn: take another, if there is one. */
  async #lost() {
    const lost = this.#held;
    this.device = "";
    const other = await capture(this.kind, this.device);
    if (this.#held === lost) this.hold(other);
    else other.track?.stop(); // switched off meanwhile
  }
}
