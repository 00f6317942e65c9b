/**
 * Files from the other page (docs/protocol.md, section 4): offered there, accepted here.
 *
 * Events: `transfer` (detail: `Transfer`, whenever something about it changed).
 */

import { BlockDigest } from "./digest.js";
import { emit } from "./events.js";
import { readOffer, Transfer } from "./transfer.js";
import { say } from "./wire.js";

/** @import { TransferState } from "./transfer.js" */
/** @typedef {{transfer: Transfer, parts: Blob[], digest: BlockDigest}} Item */

const ANSWERS = { declined: "decline", cancelled: "cancel", damaged: "damaged", done: "received" };
const MOST = 200; // offers of one call; more is no conversation

export class Inbox extends EventTarget {
  #channel = /** @type {RTCDataChannel | null} */ (null);
  #current = /** @type {Item | null} */ (null);
  #known = /** @type {Map<string, Transfer>} */ (new Map());
  #accepted = /** @type {Set<string>} */ (new Set()); // also after an interruption

  /** @param {RTCDataChannel} channel - of a new peer */
  bind(channel) {
    this.#finish("failed");
    this.#channel = channel;
    channel.addEventListener("close", () => this.#channel === channel && this.#finish("failed"));
  }

  /** @param {string} id */
  accept(id) {
    if (!this.#is(id, "offered")) return;
    this.#accepted.add(id);
    this.#say("accept", id);
    this.#current?.transfer.become("moving");
  }

  /** @param {string} id */
  decline(id) {
    if (this.#is(id, "offered")) this.#answer("declined");
  }

  /** @param {string} id */
  cancel(id) {
    if (this.#is(id, "moving")) this.#answer("cancelled");
  }

  /** @param {Record<string, unknown>} message */
  take(message) {
    const { kind, id, digest } = message;
    if (typeof id !== "string" || id.length > 64) return;
    if (kind === "offer") this.#offered(message, id);
    else if (this.#current?.transfer.id !== id) return;
    else if (kind === "cancel") this.#finish("cancelled");
    else if (kind === "done" && this.#is(id, "moving")) this.#check(this.#current, digest);
  }

  /** @param {ArrayBuffer} bytes */
  takeBytes(bytes) {
    const item = this.#current;
    if (item?.transfer.state !== "moving") return; // on its way when this side cancelled
    const { transfer, digest } = item;
    if (transfer.moved + bytes.byteLength > transfer.size) return this.#answer("damaged");
    digest.add(new Uint8Array(bytes));
    transfer.move(bytes.byteLength);
  }

  /** @param {Record<string, unknown>} message @param {string} id */
  #offered(message, id) {
    const info = readOffer(message);
    const known = this.#known.get(id);
    if (known?.state === "done") return this.#say("received", id);
    const isNew = !known && this.#known.size < MOST;
    const goesOn = known?.state === "failed" && known.size === info?.size;
    if (!info || this.#current || !(isNew || goesOn)) return this.#say("decline", id);
    const parts = /** @type {Blob[]} */ ([]);
    const digest = new BlockDigest((block) => parts.push(new Blob([block])));
    const transfer = known ?? new Transfer(info, (changed) => emit(this, "transfer", changed));
    this.#known.set(id, transfer);
    this.#current = { transfer, parts, digest };
    transfer.become("offered");
    if (this.#accepted.has(id)) this.accept(id);
  }

  /** @param {Item} item @param {unknown} expected */
  async #check(item, expected) {
    const { transfer, digest, parts } = item;
    transfer.become("checking");
    const found = await digest.hex();
    if (this.#current !== item) return; // cancelled meanwhile
    if (found !== expected || transfer.moved !== transfer.size) return this.#answer("damaged");
    transfer.blob = new Blob(parts, { type: transfer.type });
    this.#answer("done");
  }

  /** @param {keyof typeof ANSWERS} state - in which the current transfer ends */
  #answer(state) {
    if (this.#current) this.#say(ANSWERS[state], this.#current.transfer.id);
    this.#finish(state);
  }

  /** @param {TransferState} state */
  #finish(state) {
    const transfer = this.#current?.transfer;
    this.#current = null;
    transfer?.become(state);
  }

  /** @param {string} id @param {TransferState} state */
  #is(id, state) {
    return this.#current?.transfer.id === id && this.#current.transfer.state === state;
  }

  /** @param {string} kind @param {string} id */
  #say(kind, id) {
    say(this.#channel, { kind, id });
  }
}
