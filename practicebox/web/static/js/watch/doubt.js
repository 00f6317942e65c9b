/**
 * Whether a connection is dead although the browser calls it connected (docs/protocol.md, section 2).
 * A doubt is kept until something arrives: the first attempt to mend the connection may get lost.
 */

/**
 * @typedef {import("../call/peer.js").Peer} Peer
 * @typedef {"moved" | "relayed" | "silent"} Cause - the network is another; the box, which relays,
 *   may have been away; nothing has arrived for long enough
 * @typedef {"" | "doubted" | "dead"} Verdict
 */

const PLAYED = 300; // milliseconds; until then is played what arrived before
const LISTEN = 300; // milliseconds; sound arrives every 20

export class Doubts {
  #doubt = /** @type {Doubt | null} */ (null);
  #wasAway = false;

  /** @param {Peer | null} peer @param {Cause} cause */
  raise(peer, cause) {
    this.#doubt = peer && new Doubt(peer, cause);
  }

  /** The socket was lost by itself: the box may have been away. */
  boxLost() {
    this.#wasAway = true;
  }

  /**
   * The socket is back. Silence alone tells the clinician nothing of whose line is dead: the
   * patient's page will ask. Where the relay carries on only the clinician's page doubts it; one
   * restart is enough.
   *
   * @param {Peer} peer
   * @param {boolean} isClinician
   * @returns {Promise<Verdict>}
   */
  async verdict(peer, isClinician) {
    let doubt = this.#doubt?.peer === peer ? this.#doubt : null;
    const mayBeForgotten = this.#wasAway || !doubt;
    this.#wasAway = false;
    if (mayBeForgotten && (await peer.isRelayed())) doubt = new Doubt(peer, "relayed");
    if (!doubt) return "";
    if (!(await doubt.isBorneOut())) this.#doubt = null;
    else if (!isClinician || doubt.cause !== "silent") return "dead";
    return isClinician || doubt.cause !== "relayed" ? "doubted" : "";
  }
}

class Doubt {
  #pulse;
  #began = performance.now();

  /** @param {Peer} peer @param {Cause} cause */
  constructor(peer, cause) {
    this.peer = peer;
    this.cause = cause;
    this.#pulse = this.#pulseAfter(cause === "moved" ? PLAYED : 0);
  }

  /** @returns {Promise<boolean>} whether nothing has arrived since */
  async isBorneOut() {
    const before = await this.#pulse;
    const listen = { moved: PLAYED + LISTEN, relayed: LISTEN, silent: 0 };
    return before === (await this.#pulseAfter(listen[this.cause]));
  }

  /** @param {number} time - milliseconds after the beginning of the doubt */
  async #pulseAfter(time) {
    const wait = this.#began + time - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    return this.peer.pulse();
  }
}
