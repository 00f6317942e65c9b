/**
 * The digest of a file that never is in memory as a whole: SHA-256 over the SHA-256 digests of its
 * blocks of 1 MiB (docs/protocol.md, section 4). WebCrypto can't digest a stream.
 */

import { hex } from "./hex.js";

export const BLOCK = 1024 * 1024; // bytes

export class BlockDigest {
  #onblock;
  #block = new Uint8Array(BLOCK);
  #filled = 0;
  #digests = /** @type {Promise<ArrayBuffer>[]} */ ([]);

  /** @param {(block: Uint8Array<ArrayBuffer>) => void} [onblock] - gets every full block */
  constructor(onblock = () => {}) {
    this.#onblock = onblock;
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  add(bytes) {
    for (let offset = 0; offset < bytes.length;) {
      const part = bytes.subarray(offset, offset + BLOCK - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      offset += part.length;
      if (this.#filled === BLOCK) this.#finish();
    }
  }

  /** @returns {Promise<string>} 64 hex digits */
  async hex() {
    if (this.#filled) this.#finish();
    const digests = new Blob(await Promise.all(this.#digests));
    const whole = await crypto.subtle.digest("SHA-256", await digests.arrayBuffer());
    return hex(new Uint8Array(whole));
  }

  #finish() {
    const block = this.#block.subarray(0, this.#filled);
    this.#digests.push(crypto.subtle.digest("SHA-256", block));
    this.#onblock(block);
    this.#block = new Uint8Array(BLOCK);
    this.#filled = 0;
  }
}
