/**
 * Perfect negotiation (W3C WebRTC, "Perfect negotiation example") over payload that may get lost:
 * the socket between the pages can break at any moment, the connection must not.
 *
 * Payload is taken one after the other, so no answer is being set while an offer arrives.
 */

import { Candidates } from "./candidates.js";
import { Roles } from "./roles.js";

/**
 * @typedef {import("./payload.js").Content} Content
 *
 * @typedef {object} Options
 * @property {boolean} polite - gives way when two offers collide
 * @property {(content: Content) => void} send
 * @property {() => void} prepareAnswer - called between an offer and its answer
 * @property {(candidate: RTCIceCandidate) => RTCIceCandidateInit | null} announce
 * @property {(error: unknown) => void} onproblem - the other page sent what this browser refuses
 */

export class Negotiation {
  #pc;
  #options;
  #candidates;
  #roles = new Roles();
  #makingOffer = false;
  #ignoring = false;
  #rounds = 0; // offers made here
  #answering = 0; // the round of the offer that is answered
  #queue = Promise.resolve();

  /**
   * @param {RTCPeerConnection} pc
   * @param {Options} options
   */
  constructor(pc, options) {
    this.#pc = pc;
    this.#options = options;
    this.#candidates = new Candidates(pc, options);
    pc.addEventListener("negotiationneeded", () => this.#offer());
  }

  /** @param {Content} content - not trusted to be well-formed */
  receive(content) {
    this.#queue = this.#queue.then(() => this.#take(content)).catch(this.#options.onproblem);
  }

  /** Asks for new paths. */
  restart() {
    if (this.#pc.signalingState === "closed") return;
    this.sendAgain();
    this.#pc.restartIce(); // takes effect when the offer before it is answered
  }

  /** An offer that is still unanswered may be lost. */
  sendAgain() {
    if (this.#pc.signalingState !== "have-local-offer") return;
    this.#describe();
    this.#candidates.sendAgain();
  }

  async #offer() {
    this.#makingOffer = true;
    this.#rounds += 1;
    try {
      await this.#pc.setLocalDescription();
      this.#describe();
    } catch (error) {
      if (this.#pc.signalingState !== "closed") this.#options.onproblem(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  #describe() {
    const description = this.#pc.localDescription?.toJSON();
    const round = description?.type === "offer" ? this.#rounds : this.#answering;
    if (description) this.#options.send({ description, round });
  }

  /** @param {Content} content */
  async #take({ description, round, candidate }) {
    if (this.#pc.signalingState === "closed") return;
    if (description?.type === "offer") await this.#takeOffer(description, Number(round));
    if (description?.type === "answer") await this.#takeAnswer(description, Number(round));
    if (candidate) await this.#candidates.take(candidate, this.#ignoring);
  }

  /**
   * @param {RTCSessionDescriptionInit} offer
   * @param {number} round
   */
  async #takeOffer(offer, round) {
    const collision = this.#makingOffer || this.#pc.signalingState !== "stable";
    this.#ignoring = collision && !this.#options.polite;
    if (this.#ignoring) return;
    await this.#pc.setRemoteDescription(offer);
    this.#answering = round;
    this.#options.prepareAnswer();
    await this.#pc.setLocalDescription();
    this.#roles.answered(this.#pc.localDescription?.sdp ?? "");
    this.#describe();
    await this.#candidates.takeEarly();
  }

  /**
   * @param {RTCSessionDescriptionInit} answer
   * @param {number} round
   */
  async #takeAnswer(answer, round) {
    const isLate = this.#pc.signalingState !== "have-local-offer" || round !== this.#rounds;
    if (isLate) return;
    await this.#pc.setRemoteDescription(this.#roles.kept(answer));
    await this.#candidates.takeEarly();
  }
}
