/**
 * One guest's way to another: a `Peer` of their own, which the moderator's page has introduced
 * (docs/protocol.md, section 7). As in a pair, one side builds and counts, the other follows.
 *
 * Events: `peer` (detail: `{peer}`, null when it is gone).
 */

import { emit, on } from "../call/events.js";
import { Introduction } from "../call/introduce.js";
import { Peer } from "../call/peer.js";

/**
 * @typedef {import("../call/payload.js").Payload} Payload
 * @typedef {object} Options
 * @property {boolean} builds - this side, not the other
 * @property {() => RTCIceServer[]} ice
 * @property {import("../call/media.js").Media} media
 * @property {string} name - of the person at this page
 * @property {(payload: Payload) => void} send - by way of the moderator
 */

const PATIENCE = 1000; // milliseconds from one connection to the next

export class Link extends EventTarget {
  introduction = new Introduction();
  /** @type {Peer | null} */
  peer = null;
  #options;
  #count = 0;
  #built = -PATIENCE;
  #timer = 0;
  #isOver = false;

  /** @param {Options} options */
  constructor(options) {
    super();
    this.#options = options;
    this.introduction.introduce(options.name);
    this.introduction.tell(options.media.state);
    on(this.introduction, "bye", () => this.drop());
  }

  /** Both pages know of each other now, perhaps once more: what was said may be lost. */
  meet() {
    if (this.peer && this.peer.state !== "connected") this.peer.regained(false);
    else if (!this.peer) this.#renew();
  }

  /** @param {Payload} payload - not trusted to be well-formed */
  take(payload) {
    const { builds } = this.#options;
    const isOffer = payload.description?.type === "offer";
    if (!builds && isOffer && payload.connection > this.#count) {
      this.#count = payload.connection;
      this.#build();
    }
    if (payload.connection !== this.#count) return;
    if (builds && payload.again) this.#renew();
    else if (this.peer) this.peer.take(payload);
    else if (isOffer) this.#send({ again: true });
  }

  /** @param {import("../call/tracks.js").Kind} kind @param {MediaStreamTrack | null} track */
  attach(kind, track) {
    this.peer?.attach(kind, track);
  }

  /** The other page has closed its end, or said goodbye. */
  drop() {
    const { peer } = this;
    if (!peer) return;
    this.peer = null;
    peer.close();
    emit(this, "peer", { peer: null });
  }

  /** For good. */
  close() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.introduction.bye();
    this.drop();
  }

  #renew() {
    const wait = this.#built + PATIENCE - performance.now();
    if (!this.#options.builds) this.#count && this.#send({ again: true });
    else if (wait > 0) this.#timer ||= window.setTimeout(() => this.#build(), wait);
    else this.#build();
  }

  #build() {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#built = performance.now();
    const { builds, ice, media } = this.#options;
    if (builds) this.#count += 1;
    this.drop();
    const send = (/** @type {object} */ content) => this.#send(content);
    const peer = new Peer({ polite: !builds, ice: ice(), announced: null, send });
    this.peer = peer;
    on(peer, "gone", () => {
      if (this.peer !== peer) return;
      this.drop();
      this.#renew();
    });
    this.introduction.bind(peer.channels.control);
    emit(this, "peer", { peer });
    peer.attach("audio", media.tracks.audio);
    peer.attach("video", media.tracks.video);
  }

  /** @param {import("../call/payload.js").Content} content */
  #send(content) {
    this.#options.send({ connection: this.#count, ...content });
  }
}
