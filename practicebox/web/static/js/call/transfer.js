/**
 * A file on its way in either direction, as a page shows it.
 */

import { fileName } from "./text.js";

/**
 * @typedef {"waiting" | "offered" | "moving" | "checking" | "done" | "declined" | "cancelled"
 *   | "damaged" | "failed" | "refused"} TransferState
 *   `waiting`: others come first; `refused`: over the limit; `failed`: unreadable, or cut off
 *
 * @typedef {{id: string, name: string, size: number, type: string, isOwn: boolean}} FileInfo
 */

export const LARGEST = 200 * 1024 * 1024; // bytes; any scan and most films of a phone
const NAME = 120; // characters
const PERIOD = 100; // milliseconds between two words about progress
const HARMLESS = /^(?:image\/(?:png|jpeg|gif|webp|avif|heic|bmp|tiff)|application\/pdf)$/u;

export class Transfer {
  moved = 0; // bytes
  blob = /** @type {Blob | null} */ (null); // what was received
  state = /** @type {TransferState} */ ("waiting");
  #told = 0;
  #onchange;

  /**
   * @param {FileInfo} info
   * @param {(transfer: Transfer) => void} onchange
   */
  constructor({ id, name, size, type, isOwn }, onchange) {
    this.id = id;
    this.name = name;
    this.size = size;
    this.type = type;
    this.isOwn = isOwn;
    this.#onchange = onchange;
  }

  /** @param {TransferState} state */
  become(state) {
    if (state === "offered") this.moved = 0; // perhaps again, after an interruption
    this.state = state;
    this.#onchange(this);
  }

  /** @param {number} bytes */
  move(bytes) {
    this.moved += bytes;
    const now = performance.now();
    if (now - this.#told < PERIOD) return;
    this.#told = now;
    this.#onchange(this);
  }
}

/**
 * What the other page offers, made harmless.
 *
 * @param {Record<string, unknown>} offer
 * @returns {FileInfo | null} nothing for what is no offer, or too large
 */
export function readOffer({ id, name, size, type }) {
  const isSize = typeof size === "number" && Number.isInteger(size) && size >= 0 && size <= LARGEST;
  if (typeof id !== "string" || !isSize) return null;
  return { id, name: fileName(name, NAME) || "file", size, type: harmlessType(type), isOwn: false };
}

/**
 * The type to keep a received file under: a page or a drawing with a script in it must not run.
 *
 * @param {unknown} type
 */
export function harmlessType(type) {
  return typeof type === "string" && HARMLESS.test(type) ? type : "application/octet-stream";
}
