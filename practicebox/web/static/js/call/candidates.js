/**
 * Candidates of one connection, found here and there: sent as they are found, kept while there is
 * nothing yet to add them to, sent again where they may be lost.
 */

const EARLY = 100; // kept before the first description; a browser finds 5 to 30

/**
 * @typedef {object} Options
 * @property {(content: import("./payload.js").Content) => void} send
 * @property {(candidate: RTCIceCandidate) => RTCIceCandidateInit | null} announce
 */

export class Candidates {
  #pc;
  #options;
  #early = /** @type {RTCIceCandidateInit[]} */ ([]);
  #sent = /** @type {RTCIceCandidateInit[]} */ ([]); // of the present ICE generation

  /**
   * @param {RTCPeerConnection} pc
   * @param {Options} options
   */
  constructor(pc, options) {
    this.#pc = pc;
    this.#options = options;
    pc.addEventListener("icecandidate", ({ candidate }) => candidate && this.#found(candidate));
  }

  sendAgain() {
    for (const candidate of this.#sent) this.#options.send({ candidate });
  }

  /**
   * @param {RTCIceCandidateInit} candidate - from the other page
   * @param {boolean} isOfIgnoredOffer - then it may have nowhere to go
   */
  async take(candidate, isOfIgnoredOffer) {
    const { remoteDescription } = this.#pc;
    if (!remoteDescription) {
      if (this.#early.length < EARLY) this.#early.push(candidate);
      return;
    }
    try {
      await this.#pc.addIceCandidate(candidate);
    } catch (error) {
      if (!isOfIgnoredOffer && isCurrent(candidate, remoteDescription)) throw error;
    }
  }

  /** There is a description now. */
  async takeEarly() {
    for (const candidate of this.#early.splice(0)) await this.take(candidate, false);
  }

  /** @param {RTCIceCandidate} candidate */
  #found(candidate) {
    if (this.#sent[0]?.usernameFragment !== candidate.usernameFragment) this.#sent = [];
    const announced = this.#options.announce(candidate);
    for (const each of announced ? [candidate.toJSON(), announced] : [candidate.toJSON()]) {
      this.#sent.push(each);
      this.#options.send({ candidate: each });
    }
  }
}

/**
 * Whether `candidate` is of the ICE generation of `description`, not a late one of the last.
 *
 * @param {RTCIceCandidateInit} candidate
 * @param {RTCSessionDescription} description
 */
function isCurrent({ usernameFragment }, description) {
  return !usernameFragment || description.sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`);
}
