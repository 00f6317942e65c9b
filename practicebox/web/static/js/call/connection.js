/**
 * The way to the other page as the rest of the call sees it, over reloads, lost sockets and changed
 * networks. Sends no sound and no picture before the admission.
 *
 * Events: `state` (detail: `{state}`, see `State`), `remote` (detail: `{stream}`, null when nobody
 * is there), `peer` (detail: `{peer}`, a new one), `channels` (detail: its data channels), `problem` (detail: `{error}`),
 * `secured`, `rejected` and `refused` as of post.js.
 */

import { emit, on } from "./events.js";
import { Pair } from "./pair.js";

/**
 * @typedef {"alone" | import("./states.js").State} State
 * @typedef {import("./tracks.js").Kind} Kind
 * @typedef {import("./peer.js").Peer} Peer
 */

export class Connection extends EventTarget {
  /** @type {State} */
  state = "alone";
  #pair;
  #room;
  #rung = /** @type {import("./encodings.js").Rung} */ ("full");
  #outgoing = /** @type {Record<Kind, MediaStreamTrack | null>} */ ({ audio: null, video: null });

  /**
   * @param {import("./signaling.js").Signaling} signaling
   * @param {import("./room.js").Room} room
   * @param {import("./post.js").Credential} credential
   */
  constructor(signaling, room, credential) {
    super();
    this.#pair = new Pair(signaling, room, credential);
    for (const type of ["secured", "rejected", "refused"])
      on(this.#pair, type, (detail) => emit(this, type, detail));
    this.#room = room;
    on(this.#pair, "peer", ({ peer }) => this.#follow(peer));
    on(room, "admitted", () => this.#attach());
    on(room, "back", () => this.#detach());
    on(room, "ended", () => this.drop());
    on(room, "place", ({ place }) => place === "second" && this.drop());
    window.addEventListener("online", () => this.revive("moved"));
    window.addEventListener("pagehide", () => this.drop());
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track - goes out from the admission on
   */
  send(kind, track) {
    this.#outgoing[kind] = track;
    this.#attach();
  }

  /** Looks for new paths without waiting until the browser notices. */
  restart() {
    this.#pair.peer?.restart();
  }

  /**
   * Likewise, where the socket may be dead as well.
   *
   * @param {"moved" | "silent"} cause - the network is another, or nothing arrives any more
   */
  revive(cause) {
    this.#pair.revive(cause);
  }

  /** @param {import("./encodings.js").Rung} rung - how much of the picture goes out */
  limit(rung) {
    this.#rung = rung;
    this.#pair.peer?.limit(rung);
  }

  /** @returns {number} milliseconds that both have been in the room without a connection */
  get wait() {
    return this.#pair.waiting && performance.now() - this.#pair.waiting;
  }

  /** @returns {string} another one whenever something has arrived and was played */
  get pulse() {
    return this.#pair.peer?.pulse() ?? "";
  }

  /** The other page said goodbye, or this one leaves. */
  drop() {
    this.#pair.drop();
  }

  /** @returns {Promise<RTCStatsReport | null>} */
  async statistics() {
    return this.#pair.peer?.statistics() ?? null;
  }

  /** @param {Peer | null} peer */
  #follow(peer) {
    const isRenewed = peer !== null && (this.state === "connected" || this.state === "interrupted");
    this.#become(isRenewed ? "interrupted" : (peer?.state ?? "alone"));
    if (!isRenewed) emit(this, "remote", { stream: null });
    if (!peer) return;
    on(peer, "state", ({ state }) => peer === this.#pair.peer && this.#changed(state));
    on(peer, "remote", ({ stream }) => this.#show(peer, stream, isRenewed));
    on(peer, "gone", () => peer === this.#pair.peer && this.#pair.rebuild());
    on(peer, "problem", (detail) => emit(this, "problem", detail));
    emit(this, "peer", { peer });
    emit(this, "channels", peer.channels);
    peer.limit(this.#rung);
    this.#attach();
  }

  /**
   * @param {Peer} peer
   * @param {MediaStream} stream
   * @param {boolean} isRenewed - then the last picture stays until there is another
   */
  #show(peer, stream, isRenewed) {
    const show = () => peer === this.#pair.peer && emit(this, "remote", { stream });
    if (!isRenewed || peer.state === "connected") show();
    else on(peer, "state", ({ state }) => state === "connected" && show());
  }

  #attach() {
    if (!this.#room.isAdmitted) return;
    this.#pair.peer?.attach("audio", this.#outgoing.audio);
    this.#pair.peer?.attach("video", this.#outgoing.video);
  }

  #detach() {
    this.#pair.peer?.attach("audio", null);
    this.#pair.peer?.attach("video", null);
  }

  /** @param {State} state */
  #changed(state) {
    if (state === "failed" && !this.#pair.isThere) this.drop();
    else this.#become(state);
  }

  /** @param {State} state */
  #become(state) {
    if (this.state === state) return;
    if (this.state === "connected" && this.#pair.isThere) this.#pair.waiting = performance.now();
    if (state === "connected") this.#pair.waiting = 0;
    this.state = state;
    emit(this, "state", { state });
  }
}
