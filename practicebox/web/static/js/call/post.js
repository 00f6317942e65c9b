/**
 * What goes between this page and one instance of the other page about one connection, addressed so
 * that nothing of an earlier page or connection is taken for it (docs/protocol.md, section 2).
 */

import { decode, encode } from "./payload.js";

/**
 * @typedef {import("./payload.js").Content} Content
 * @typedef {import("./payload.js").Payload} Payload
 */

export class Post {
  /** Instance of the other page. */
  other = "";
  /** Of the connections to it. */
  count = 0;
  #signaling;

  /** @param {import("./signaling.js").Signaling} signaling */
  constructor(signaling) {
    this.#signaling = signaling;
  }

  /** @param {Content} content */
  send(content) {
    const addresses = { from: this.#signaling.instance, to: this.other, connection: this.count };
    const bytes = encode({ ...addresses, ...content });
    if (bytes) this.#signaling.forward(bytes);
  }

  /**
   * @param {ArrayBuffer} bytes
   * @returns {Payload | null} nothing for what is not between these two pages
   */
  open(bytes) {
    const payload = decode(bytes);
    const isOurs = payload?.from === this.other && payload.to === this.#signaling.instance;
    return isOurs ? payload : null;
  }
}
