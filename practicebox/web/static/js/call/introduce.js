/**
 * The control channel (docs/protocol.md, section 4): the clear name, which goes nowhere else, what
 * is switched on, and goodbye.
 *
 * Events: `introduced` (detail: `{name}`), `state` (detail: `State`), `bye`,
 * `end` (the other page says that the consultation is over; only the clinician's may).
 */

import { emit } from "./events.js";
import { oneLine } from "./text.js";
import { say, understood, whenOpen } from "./wire.js";

/**
 * @typedef {object} State
 * @property {boolean} microphone
 * @property {boolean} camera
 * @property {boolean} screen
 * @property {boolean} paused - the picture, so that the sound stays good
 * @property {import("../watch/words.js").Word} hearing - how the sound of the other side arrives
 */

const NAME = 120; // characters
const LIMIT = 4096; // characters of a message; a name is the longest thing in it

export class Introduction extends EventTarget {
  /** What the other side last said of itself. */
  other = switches({});
  #channel = /** @type {RTCDataChannel | null} */ (null);
  #name = "";
  #state = { microphone: false, camera: false, screen: false, paused: false, hearing: "good" };

  constructor() {
    super();
    window.addEventListener("pagehide", () => this.bye());
  }

  /** @param {RTCDataChannel} channel - of a new peer, who knows nothing yet */
  bind(channel) {
    this.#channel = channel;
    this.other = switches({});
    channel.addEventListener(
      "message",
      ({ data }) => this.#channel === channel && this.#read(data),
    );
    whenOpen(channel, () => {
      this.#introduce();
      this.#tell();
    });
  }

  /** @param {string} name - of the person at this page */
  introduce(name) {
    this.#name = oneLine(name, NAME);
    this.#introduce();
  }

  /** @param {{microphone: boolean, camera: boolean, screen: boolean}} state */
  tell({ microphone, camera, screen }) {
    this.#state = { ...this.#state, microphone, camera, screen };
    this.#tell();
  }

  /** @param {{paused: boolean, hearing: import("../watch/words.js").Word}} report - of the line */
  report({ paused, hearing }) {
    if (this.#state.paused === paused && this.#state.hearing === hearing) return;
    this.#state = { ...this.#state, paused, hearing };
    this.#tell();
  }

  bye() {
    say(this.#channel, { kind: "bye" });
  }

  end() {
    say(this.#channel, { kind: "end" });
  }

  #introduce() {
    if (this.#name) say(this.#channel, { kind: "introduce", name: this.#name });
  }

  #tell() {
    say(this.#channel, { kind: "state", ...this.#state });
  }

  /** @param {unknown} data */
  #read(data) {
    const message = understood(data, LIMIT);
    if (message?.kind === "introduce")
      emit(this, "introduced", { name: oneLine(message.name, NAME) });
    if (message?.kind === "state") emit(this, "state", (this.other = switches(message)));
    if (message?.kind === "bye") emit(this, "bye");
    if (message?.kind === "end") emit(this, "end");
  }
}

/**
 * @param {Record<string, unknown>} message
 * @returns {State}
 */
function switches({ microphone, camera, screen, paused, hearing }) {
  return {
    microphone: microphone === true,
    camera: camera === true,
    screen: screen === true,
    paused: paused === true,
    hearing: hearing === "poor" || hearing === "fair" ? hearing : "good",
  };
}
