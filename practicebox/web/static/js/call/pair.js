/**
 * This page and the other one: a `Peer` for each instance of the other page that appears, and a
 * new one where the present is beyond repair (docs/protocol.md, section 2). The clinician's page
 * builds and counts the connections, the patient's page follows.
 *
 * Events: `peer` (detail: `{peer}`, null when nobody is there).
 */

import { emit, on } from "./events.js";
import { decode, encode } from "./payload.js";
import { Peer } from "./peer.js";

/** @typedef {import("./payload.js").Content} Content */

const OTHERS_TURN = new Set([4409, 4410]); // taken over by a newer page; not joinable any more
const PATIENCE = 1000; // milliseconds before building again; at first, who leaves looks broken

export class Pair extends EventTarget {
  /** @type {Peer | null} */
  peer = null;
  /** Whether the box sees the other page. */
  isThere = false;
  /** Since when both are in the room without a connection, by performance.now(); 0 if not. */
  waiting = 0;
  #signaling;
  #welcome = /** @type {import("./room.js").Welcome | null} */ (null);
  #other = ""; // instance of the other page
  #count = 0; // of the connections to it
  #timer = 0;
  #isSilent = false;

  /**
   * @param {import("./signaling.js").Signaling} signaling
   * @param {import("./room.js").Room} room
   */
  constructor(signaling, room) {
    super();
    this.#signaling = signaling;
    on(room, "welcome", (welcome) => this.#welcomed(welcome));
    on(room, "admitted", () => this.peer ?? (this.#offers() && this.#build())); // after an end
    on(signaling, "peer", ({ instance }) => this.#met(instance));
    on(signaling, "peer-left", ({ reason }) => this.#left(reason));
    on(signaling, "payload", (bytes) => this.#receive(bytes));
    on(signaling, "closed", ({ code }) => OTHERS_TURN.has(code) && this.drop());
  }

  /** Nothing arrives any more, or the network is another: new paths, over a new socket. */
  revive() {
    this.#isSilent = true;
    this.#signaling.reconnect();
  }

  /** The other page is gone, or this one leaves it. */
  drop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const peer = this.peer;
    if (!peer) return;
    this.peer = null;
    peer.close();
    emit(this, "peer", { peer: null });
  }

  /** The connection is beyond repair although the other page may still be there. */
  rebuild() {
    this.drop();
    if (this.#offers()) this.#timer ||= window.setTimeout(() => this.#build(), PATIENCE);
    else this.#send({ again: true });
  }

  /** @param {import("./room.js").Welcome} welcome */
  #welcomed(welcome) {
    this.#welcome = welcome;
    this.peer?.learn(welcome.ice);
  }

  /** @param {string} instance */
  #met(instance) {
    this.isThere = true;
    const isConnected = this.peer?.state === "connected" && instance === this.#other;
    if (!isConnected) this.waiting ||= performance.now();
    if (instance !== this.#other) {
      this.drop();
      this.#other = instance;
      this.#count = 0;
    }
    if (this.peer) void this.peer.regained(this.#isSilent);
    else if (this.#offers()) this.#build();
    this.#isSilent = false;
  }

  /** @param {"bye" | "lost"} reason */
  #left(reason) {
    this.isThere = false;
    this.waiting = 0;
    const stands = this.peer?.state === "connected" || this.peer?.state === "interrupted";
    if (reason === "bye" || !stands) this.drop();
  }

  #build() {
    this.drop();
    if (!this.#welcome || !this.isThere) return;
    if (this.#offers()) this.#count += 1;
    const { ice, announced } = this.#welcome;
    const send = (/** @type {Content} */ content) => this.#send(content);
    this.peer = new Peer({ polite: !this.#offers(), ice, announced, send });
    emit(this, "peer", { peer: this.peer });
  }

  /** @param {ArrayBuffer} bytes */
  #receive(bytes) {
    const payload = decode(bytes);
    if (payload?.from !== this.#other || payload.to !== this.#signaling.instance) return;
    const isOffer = payload.description?.type === "offer";
    if (!this.#offers() && isOffer && payload.connection > this.#count) {
      this.#count = payload.connection;
      this.#build();
    }
    if (payload.connection !== this.#count) return;
    if (this.#offers() && payload.again) this.rebuild();
    else if (this.peer) this.peer.take(payload);
    else if (isOffer) this.#send({ again: true });
  }

  /** @param {Content} content */
  #send(content) {
    const addresses = { from: this.#signaling.instance, to: this.#other, connection: this.#count };
    const bytes = encode({ ...addresses, ...content });
    if (bytes) this.#signaling.forward(bytes);
  }

  #offers() {
    return this.#welcome?.role === "clinician";
  }
}
