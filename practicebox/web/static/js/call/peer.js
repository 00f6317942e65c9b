/**
 * One `RTCPeerConnection` between this page and one instance of the other page, from the first
 * offer to the last packet (docs/protocol.md, sections 2 to 4). Knows nothing of sockets, names,
 * microphones and elements.
 *
 * Events: `state` (detail: `{state}`, see states.js), `remote` (detail: `{stream}`: what the other
 * side sends), `gone` (the other side closed its end), `problem` (detail: `{error}`).
 */

import { announce } from "./announced.js";
import { openChannels } from "./channels.js";
import { emit } from "./events.js";
import { Negotiation } from "./negotiation.js";
import { isRelayed } from "./path.js";
import { takeConnection, teachConnection } from "./spare.js";
import { following } from "./states.js";
import { Tracks } from "./tracks.js";

/**
 * @typedef {object} Options
 * @property {boolean} polite
 * @property {RTCIceServer[]} ice
 * @property {string | null} announced
 * @property {(content: import("./payload.js").Content) => void} send
 */

const FAREWELL = 200; // milliseconds for last words, a round trip on a slow line

export class Peer extends EventTarget {
  state = /** @type {import("./states.js").State} */ ("connecting");
  #pc;
  #tracks;
  #negotiation;
  #remote = new MediaStream();

  /** @param {Options} options */
  constructor({ polite, ice, announced, send }) {
    super();
    const pc = (this.#pc = takeConnection(ice));
    const tracks = (this.#tracks = new Tracks(pc));
    this.#negotiation = new Negotiation(pc, {
      polite,
      send,
      prepareAnswer: () => polite && tracks.adoptTransceivers(),
      announce: (candidate) => announce(candidate, announced),
      onproblem: (error) => this.#report(error),
    });
    pc.addEventListener("connectionstatechange", () => this.#changed(pc.connectionState));
    pc.addEventListener("signalingstatechange", () => this.#settled());
    pc.addEventListener("track", ({ track }) => this.#receive(track));
    this.channels = openChannels(pc);
    this.channels.control.addEventListener("close", () => this.#closed());
    if (!polite) tracks.addTransceivers();
  }

  /** @param {import("./payload.js").Content} content */
  take(content) {
    this.#negotiation.receive(content);
  }

  /**
   * Sends `track` from now on, or nothing.
   *
   * @param {import("./tracks.js").Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  attach(kind, track) {
    this.#tracks.attach(kind, track).catch((error) => this.#report(error));
  }

  /**
   * How much of this side's picture goes out.
   *
   * @param {import("./encodings.js").Rung} rung
   */
  limit(rung) {
    this.#tracks.limit(rung).catch((error) => this.#report(error));
  }

  /** @param {RTCIceServer[]} ice - from now on */
  learn(ice) {
    teachConnection(this.#pc, ice);
  }

  /** Looks for new paths; the present one carries on meanwhile. */
  restart() {
    this.#negotiation.restart();
  }

  /**
   * The socket is back: what was said meanwhile may be lost.
   *
   * @param {boolean} isDoubted - the path may be dead although the connection seems to stand
   */
  regained(isDoubted) {
    const isStable = this.#pc.signalingState === "stable";
    if (!isStable && !this.#pc.currentRemoteDescription) this.#negotiation.sendAgain();
    else if (!isStable || isDoubted || this.state !== "connected") this.restart();
  }

  /** @returns {Promise<boolean>} whether the path depends on the box */
  isRelayed() {
    return isRelayed(this.#pc);
  }

  /** @returns {string} another one whenever something has arrived and was played */
  pulse() {
    const sources = this.#pc.getReceivers().flatMap((each) => each.getSynchronizationSources());
    return sources.map(({ rtpTimestamp, timestamp }) => rtpTimestamp ?? timestamp).join(" ");
  }

  statistics() {
    return this.#pc.getStats();
  }

  /** @returns {number} how loud the other side is just now, 0 to 1 */
  loudness() {
    const sources = this.#pc.getReceivers().flatMap((each) => each.getSynchronizationSources());
    return Math.max(0, ...sources.map(({ audioLevel }) => audioLevel ?? 0));
  }

  /**
   * One more data channel, which the other page opens likewise.
   *
   * @param {string} label
   * @param {number} id - not one of channels.js
   */
  open(label, id) {
    return this.#pc.createDataChannel(label, { negotiated: true, id });
  }

  /** @param {import("./encodings.js").Aim | null} most - of this side's picture; null: no bound */
  cap(most) {
    this.#tracks.cap(most).catch((error) => this.#report(error));
  }

  /** Sends no sound and no picture from now on; the last words on the channels still go out. */
  close() {
    this.#become("closed");
    this.#tracks.detach();
    setTimeout(() => this.#pc.close(), FAREWELL);
  }

  /** @param {MediaStreamTrack} track */
  #receive(track) {
    if (this.#remote.getTracks().some(({ kind }) => kind === track.kind)) return;
    this.#remote.addTrack(track);
    emit(this, "remote", { stream: this.#remote });
  }

  /** @param {RTCPeerConnectionState} state */
  #changed(state) {
    this.#become(following(this.state, state));
    if (state === "failed" || state === "disconnected") this.restart();
  }

  #settled() {
    if (this.#pc.signalingState !== "stable") return;
    this.#tracks.tune().catch((error) => this.#report(error));
  }

  #closed() {
    if (this.state !== "closed") emit(this, "gone");
  }

  /** @param {import("./states.js").State} state */
  #become(state) {
    if (this.state === "closed" || this.state === state) return;
    this.state = state;
    emit(this, "state", { state });
  }

  /** @param {unknown} error */
  #report(error) {
    if (this.state !== "closed") emit(this, "problem", { error });
  }
}
