/**
 * Who is client and who is server of the DTLS association. The first answer settles it, and every
 * later answer has to say the same (RFC 8842 section 5.3). Firefox says `active` each time (Mozilla
 * bug 1329028), and Chromium then refuses the answer and all that follow.
 */

const SETUP = /^a=setup:(active|passive)\r$/gmu;

export class Roles {
  #theirs = ""; // "active" (the client) or "passive"; empty until the first answer

  /** @param {string} sdp - of an answer given here */
  answered(sdp) {
    const ours = [...sdp.matchAll(SETUP)][0]?.[1];
    if (ours) this.#theirs ||= ours === "active" ? "passive" : "active";
  }

  /**
   * @param {RTCSessionDescriptionInit} answer - of the other page
   * @returns {RTCSessionDescriptionInit} the same with the roles as they are
   */
  kept({ type, sdp = "" }) {
    this.#theirs ||= [...sdp.matchAll(SETUP)][0]?.[1] ?? "";
    return { type, sdp: this.#theirs ? sdp.replace(SETUP, `a=setup:${this.#theirs}\r`) : sdp };
  }
}
