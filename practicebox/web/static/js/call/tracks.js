/**
 * What one connection sends: one sender for sound, one for the picture, negotiated empty. Tracks
 * come, change and go by `replaceTrack`, which needs no negotiation.
 */

import { FINE, provesFast, QUICK, READABLE, tune } from "./encodings.js";

/** @typedef {"audio" | "video"} Kind */

const KINDS = /** @type {const} */ (["audio", "video"]);

export class Tracks {
  #pc;
  #carrier = new MediaStream(); // one msid for both, so that lips and voice stay together
  #senders = /** @type {Partial<Record<Kind, RTCRtpSender>>} */ ({});
  #isFast = /** @type {Promise<boolean> | boolean} */ (false); // a promise while it is watched
  #wanted = /** @type {Record<Kind, MediaStreamTrack | null>} */ ({ audio: null, video: null });

  /** @param {RTCPeerConnection} pc */
  constructor(pc) {
    this.#pc = pc;
  }

  /** For the side that offers first. */
  addTransceivers() {
    for (const kind of KINDS) {
      const streams = [this.#carrier];
      const { sender } = this.#pc.addTransceiver(kind, { direction: "sendrecv", streams });
      this.#senders[kind] = sender;
    }
  }

  /** For the side that answers first: the first two that the offer brought, and no others. */
  adoptTransceivers() {
    for (const transceiver of this.#pc.getTransceivers()) {
      const kind = /** @type {Kind} */ (transceiver.receiver.track.kind);
      if (this.#senders[kind]) continue;
      transceiver.direction = "sendrecv";
      transceiver.sender.setStreams?.(this.#carrier); // not in every Safari
      this.#senders[kind] = transceiver.sender;
      transceiver.sender.replaceTrack(this.#wanted[kind]).catch(() => {}); // closed meanwhile
    }
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  async attach(kind, track) {
    this.#wanted[kind] = track;
    const sender = this.#senders[kind];
    if (!sender || this.#pc.signalingState === "closed") return;
    await sender.replaceTrack(track);
    await tune(sender, kind, this.#preference(track));
    if (kind === "video" && track) await this.#watch(sender);
  }

  /** Encodings can be tuned only after the negotiation. */
  async tune() {
    for (const kind of KINDS) await this.attach(kind, this.#wanted[kind]);
  }

  /** @param {MediaStreamTrack | null} track */
  #preference(track) {
    if (track?.contentHint === "detail") return READABLE;
    return this.#isFast === true ? FINE : QUICK;
  }

  /** @param {RTCRtpSender} sender */
  async #watch(sender) {
    if (this.#isFast) return;
    this.#isFast = provesFast(sender);
    this.#isFast = await this.#isFast;
    if (this.#isFast) await this.attach("video", this.#wanted.video);
  }

  /** Sends nothing any more. */
  detach() {
    this.#wanted = { audio: null, video: null };
    for (const kind of KINDS) this.#senders[kind]?.replaceTrack(null).catch(() => {}); // closed
  }
}
