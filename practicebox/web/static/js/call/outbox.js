/**
 * Files from this page to the other (docs/protocol.md, section 4), one after the other.
 *
 * Events: `transfer` (detail: `Transfer`, whenever something about it changed).
 */

import { emit } from "./events.js";
import { newId } from "./identity.js";
import { sendFile } from "./sending.js";
import { LARGEST, Transfer } from "./transfer.js";
import { say, whenOpen } from "./wire.js";

/** @typedef {{transfer: Transfer, file: File, stop: AbortController}} Item */

export class Outbox extends EventTarget {
  #channel = /** @type {RTCDataChannel | null} */ (null);
  #queue = /** @type {Item[]} */ ([]); // the first is on its way

  /** @param {RTCDataChannel} channel - of a new peer, to whom everything is offered anew */
  bind(channel) {
    this.#interrupted();
    this.#channel = channel;
    whenOpen(channel, () => this.#channel === channel && this.#offer());
    channel.addEventListener("close", () => this.#channel === channel && this.#interrupted());
  }

  /** @param {File} file */
  add(file) {
    const { name, size, type } = file;
    const info = { id: newId(), name, size, type, isOwn: true };
    const transfer = new Transfer(info, (changed) => emit(this, "transfer", changed));
    transfer.become(size > LARGEST ? "refused" : "waiting");
    if (transfer.state === "refused") return;
    this.#queue.push({ transfer, file, stop: new AbortController() });
    if (this.#queue.length === 1) this.#offer();
  }

  /** @param {string} id */
  cancel(id) {
    const item = this.#queue.find(({ transfer }) => transfer.id === id);
    if (!item) return;
    if (item.transfer.state !== "waiting") say(this.#channel, { kind: "cancel", id });
    this.#finish(item, "cancelled");
  }

  /** @param {Record<string, unknown>} message - from the other page */
  take({ kind, id }) {
    const [item] = this.#queue;
    if (!item || item.transfer.id !== id) return;
    const { state } = item.transfer;
    if (kind === "accept" && state === "offered") this.#move(item);
    if (kind === "decline" && state === "offered") this.#finish(item, "declined");
    if (kind === "cancel") this.#finish(item, "cancelled");
    // A file offered again after an interruption may have arrived before it.
    if (kind === "received" && state !== "moving") this.#finish(item, "done");
    if (kind === "damaged") this.#finish(item, "damaged");
  }

  #offer() {
    const [item] = this.#queue;
    if (item?.transfer.state !== "waiting") return;
    const { id, name, size, type } = item.transfer;
    if (say(this.#channel, { kind: "offer", id, name, size, type }))
      item.transfer.become("offered");
  }

  /** @param {Item} item */
  async #move(item) {
    const { transfer, file, stop } = item;
    const channel = this.#channel;
    if (!channel) return;
    transfer.become("moving");
    try {
      const digest = await sendFile(channel, file, (bytes) => transfer.move(bytes), stop.signal);
      if (stop.signal.aborted) return;
      transfer.become("checking");
      say(channel, { kind: "done", id: transfer.id, digest });
    } catch {
      if (stop.signal.aborted || channel.readyState !== "open") return; // known, or soon
      say(channel, { kind: "cancel", id: transfer.id });
      this.#finish(item, "failed"); // the file was changed or removed
    }
  }

  /**
   * @param {Item} item
   * @param {import("./transfer.js").TransferState} state
   */
  #finish(item, state) {
    item.stop.abort();
    this.#queue = this.#queue.filter((other) => other !== item);
    item.transfer.become(state);
    this.#offer();
  }

  #interrupted() {
    const [item] = this.#queue;
    if (!item || item.transfer.state === "waiting") return;
    item.stop.abort();
    item.stop = new AbortController();
    item.transfer.become("waiting");
  }
}
