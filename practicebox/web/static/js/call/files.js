/**
 * The files channel (docs/protocol.md, section 4), both directions of it.
 *
 * Events: `transfer` (detail: `Transfer`, see transfer.js, whenever something about it changed).
 */

import { emit, on } from "./events.js";
import { Inbox } from "./inbox.js";
import { Outbox } from "./outbox.js";
import { understood } from "./wire.js";

const LIMIT = 4096; // characters of a control message; a file name is the longest thing in it

export class Files extends EventTarget {
  #inbox = new Inbox();
  #outbox = new Outbox();

  constructor() {
    super();
    on(this.#inbox, "transfer", (transfer) => emit(this, "transfer", transfer));
    on(this.#outbox, "transfer", (transfer) => emit(this, "transfer", transfer));
  }

  /** @param {RTCDataChannel} channel - of a new peer */
  bind(channel) {
    this.#inbox.bind(channel);
    this.#outbox.bind(channel);
    channel.addEventListener("message", ({ data }) => this.#read(data));
  }

  /** @param {File} file */
  offer(file) {
    this.#outbox.add(file);
  }

  /** @param {string} id - of an offered file */
  accept(id) {
    this.#inbox.accept(id);
  }

  /** @param {string} id - of an offered file */
  decline(id) {
    this.#inbox.decline(id);
  }

  /** @param {string} id - of a file in either direction */
  cancel(id) {
    this.#inbox.cancel(id);
    this.#outbox.cancel(id);
  }

  /** @param {unknown} data */
  #read(data) {
    if (data instanceof ArrayBuffer) return this.#inbox.takeBytes(data);
    const message = understood(data, LIMIT);
    if (!message) return;
    this.#inbox.take(message);
    this.#outbox.take(message);
  }
}
