/**
 * This page and the other one: a `Peer` for each instance of the other page that appears, and a
 * new one where the present is beyond repair (docs/protocol.md, section 2). The clinician's page
 * builds and counts the connections, the patient's page follows.
 *
 * Events: `peer` (detail: `{peer}`, null when nobody is there), `secured`, `rejected` and `refused` as
 * of post.js.
 */

import { emit, on } from "./events.js";
import { Peer } from "./peer.js";
import { Post } from "./post.js";

const OTHERS_TURN = new Set([4409, 4410]); // taken over by a newer page; not joinable any more
const PATIENCE = 1000; // milliseconds from one connection to the next; who leaves looks broken, too
const LATER = 1500; // milliseconds; the call stands long before, and nobody waits for the rest

export class Pair extends EventTarget {
  /** @type {Peer | null} */
  peer = null;
  /** Whether the box sees the other page. */
  isThere = false;
  /** Since when both are in the room without a connection, by performance.now(); 0 if not. */
  waiting = 0;
  #signaling;
  #welcome = /** @type {import("./room.js").Welcome | null} */ (null);
  #built = -PATIENCE; // when the present one was, by performance.now()
  #timer = 0;
  #doubts = /** @type {import("../watch/doubt.js").Doubts | null} */ (null);
  #isRevived = false;
  #post;
  #isClinician;

  /**
   * @param {import("./signaling.js").Signaling} signaling
   * @param {import("./room.js").Room} room
   * @param {import("./post.js").Credential} credential
   */
  constructor(signaling, room, credential) {
    super();
    this.#signaling = signaling;
    this.#isClinician = credential.role === "clinician";
    this.#post = new Post(signaling, credential);
    for (const type of ["secured", "rejected", "refused"])
      on(this.#post, type, (detail) => emit(this, type, detail));
    on(this.#post, "payload", (payload) => this.#receive(payload));
    on(this.#post, "agreed", () => this.#offers() && this.#build());
    on(room, "welcome", (welcome) => this.#welcomed(welcome));
    on(room, "admitted", () => this.peer ?? (this.#offers() && this.#build())); // after an end
    on(signaling, "peer", ({ instance }) => this.#met(instance));
    on(signaling, "peer-left", ({ reason }) => this.#left(reason));
    on(signaling, "payload", (bytes) => this.#post.receive(bytes));
    on(signaling, "lost", () => this.#doubts?.boxLost());
    on(signaling, "closed", ({ code }) => OTHERS_TURN.has(code) && this.drop());
  }

  /**
   * Nothing arrives any more, or the network is another: a new path, asked for over a new socket.
   *
   * @param {import("../watch/doubt.js").Cause} cause
   */
  revive(cause) {
    this.#isRevived = true;
    this.#doubts?.raise(this.peer, cause);
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

  /** The connection is closed although the other page may still be there. */
  rebuild() {
    this.drop();
    this.#renew(PATIENCE);
  }

  /** @param {import("./room.js").Welcome} welcome */
  #welcomed(welcome) {
    this.#welcome = welcome;
    this.peer?.learn(welcome.ice);
  }

  /** @param {string} instance */
  #met(instance) {
    this.isThere = true;
    const isConnected = this.peer?.state === "connected" && instance === this.#post.other;
    if (!isConnected) this.waiting ||= performance.now();
    if (instance !== this.#post.other) this.drop();
    this.#post.meet(instance);
    if (!this.#doubts) setTimeout(() => this.#learnToDoubt(), LATER);
    if (this.peer) void this.#mend(this.peer);
    else if (this.#offers()) this.#build();
  }

  /** Again with the next `peer` if the box is away. */
  async #learnToDoubt() {
    const module = await import("../watch/doubt.js").catch(() => null);
    if (module) this.#doubts ??= new module.Doubts();
  }

  /**
   * A dead connection is replaced: the browser would hold on to its path for seconds.
   *
   * @param {Peer} peer
   */
  async #mend(peer) {
    const unjudged = this.#isRevived ? "doubted" : "";
    this.#isRevived = false;
    const verdict = (await this.#doubts?.verdict(peer, this.#offers())) ?? unjudged;
    if (peer !== this.peer) return;
    if (verdict === "dead") this.#renew();
    else peer.regained(verdict === "doubted");
  }

  /** @param {number} [wait] - milliseconds, at least */
  #renew(wait = this.#built + PATIENCE - performance.now()) {
    if (!this.#offers()) this.#post.send({ again: true });
    else if (wait <= 0) this.#build();
    else this.#timer ||= window.setTimeout(() => this.#build(), wait);
  }

  /** @param {"bye" | "lost"} reason */
  #left(reason) {
    this.isThere = false;
    this.waiting = 0;
    const stands = this.peer?.state === "connected" || this.peer?.state === "interrupted";
    if (reason === "bye" || !stands) this.drop();
  }

  /** In place of the present one, if there is one. */
  #build() {
    if (!this.#welcome || !this.isThere) return this.drop();
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#built = performance.now();
    const before = this.peer;
    if (this.#offers()) this.#post.count += 1;
    const { ice, announced } = this.#welcome;
    const send = this.#post.send.bind(this.#post);
    this.peer = new Peer({ polite: !this.#offers(), ice, announced, send });
    before?.close();
    emit(this, "peer", { peer: this.peer });
  }

  /** @param {import("./payload.js").Payload} payload */
  #receive(payload) {
    const isOffer = payload.description?.type === "offer";
    if (!this.#offers() && isOffer && payload.connection > this.#post.count) {
      this.#post.count = payload.connection;
      this.#build();
    }
    if (payload.connection !== this.#post.count) return;
    if (this.#offers() && payload.again) this.#renew();
    else if (this.peer) this.peer.take(payload);
    else if (isOffer) this.#post.send({ again: true });
  }

  #offers() {
    return this.#isClinician;
  }
}
