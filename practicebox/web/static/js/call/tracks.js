/**
 * What one connection sends: one sender for sound, one for the picture, negotiated empty. Tracks
 * come, change and go by `replaceTrack`, which needs no negotiation.
 */

import { aims, capped, limited, QUICK, READABLE, scale, tune } from "./encodings.js";

/**
 * @typedef {"audio" | "video"} Kind
 * @typedef {import("./encodings.js").Aim} Aim
 */

const KINDS = /** @type {const} */ (["audio", "video"]);

export class Tracks {
  #pc;
  #carrier = new MediaStream(); // one msid for both, so that lips and voice stay together
  #senders = /** @type {Partial<Record<Kind, RTCRtpSender>>} */ ({});
  #aim = QUICK;
  #most = /** @type {Aim | null} */ (null);
  #isWatched = false;
  #rung = /** @type {import("./encodings.js").Rung} */ ("full");
  #wanted = /** @type {Record<Kind, MediaStreamTrack | null>} */ ({ audio: null, video: null });
  #given = /** @type {Record<Kind, MediaStreamTrack | null>} */ ({ audio: null, video: null });
  #tuned = { audio: "", video: "" };

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
      this.#give(transceiver.sender, kind, this.#wanted[kind]).catch(() => {}); // closed meanwhile
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
    await this.#give(sender, kind, track);
    if (this.#pc.currentRemoteDescription) await this.#tune(sender, kind);
    if (kind === "video" && track) this.#watch(sender).catch(() => {}); // closed meanwhile
  }

  /** @param {import("./encodings.js").Rung} rung - how much of the picture goes out */
  async limit(rung) {
    this.#rung = rung;
    await this.attach("video", this.#wanted.video);
  }

  /** @param {Aim | null} most - where there are several connections; null: no bound */
  async cap(most) {
    this.#most = most;
    await this.attach("video", this.#wanted.video);
  }

  /** Encodings can be tuned only after the negotiation. */
  async tune() {
    await Promise.all(KINDS.map((kind) => this.attach(kind, this.#wanted[kind])));
  }

  /**
   * Only what is new: the same track given again makes Chromium drop the next pictures.
   *
   * @param {RTCRtpSender} sender
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  async #give(sender, kind, track) {
    if (this.#given[kind] === track) return;
    this.#given[kind] = track;
    try {
      await sender.replaceTrack(track);
    } catch (error) {
      this.#given[kind] = sender.track;
      throw error;
    }
  }

  /** @param {RTCRtpSender} sender @param {Kind} kind */
  async #tune(sender, kind) {
    const track = this.#wanted[kind];
    const wish = track?.contentHint === "detail" ? READABLE : this.#aim;
    const aim = limited(this.#most ? capped(wish, this.#most) : wish, this.#rung);
    const look = `${aim.preference} ${scale(track, aim)} ${aim.bitrate} ${this.#rung}`;
    const how = kind === "video" ? look : "once";
    if (this.#tuned[kind] === how) return;
    this.#tuned[kind] = how;
    await tune(sender, kind, aim);
  }

  /** @param {RTCRtpSender} sender - of the picture */
  async #watch(sender) {
    if (this.#isWatched) return;
    this.#isWatched = true;
    for await (const aim of aims(sender, () => this.#pc.signalingState === "closed")) {
      this.#aim = aim;
      await this.attach("video", this.#wanted.video);
    }
  }

  /** Sends nothing any more. */
  detach() {
    this.#wanted = { audio: null, video: null };
    for (const kind of KINDS) this.#senders[kind]?.replaceTrack(null).catch(() => {}); // closed
  }
}
