/**
 * One epoch: what this load of the page and that load of the other say to each other, in order,
 * from the first frame on. It never begins anew, whatever the box says: no counter is used twice.
 */

import { newSeal } from "./seal.js";

/**
 * @typedef {import("./seal.js").Root} Root
 * @typedef {import("../agree/agreement.js").Agreement} Agreement
 */

export class Epoch {
  /** How the key was agreed on, where there is no letter. */
  agreement = /** @type {Promise<Agreement | null> | null} */ (null);
  /** The check number of a key that was agreed on. */
  number = "";
  /** Whether the other page has proved that it holds the same. */
  isProved = false;
  #role;
  #seal = /** @type {Promise<import("./seal.js").Seal> | null} */ (null);
  #outgoing;
  #incoming = Promise.resolve();
  #begin = () => {};

  /**
   * @param {import("./seal.js").Role} role - of this page
   * @param {{mine: string, other: string}} instances
   */
  constructor(role, { mine, other }) {
    this.#role = role;
    this.instances =
      role === "clinician"
        ? { clinician: mine, patient: other }
        : { clinician: other, patient: mine };
    this.#outgoing = /** @type {Promise<void>} */ (new Promise((go) => (this.#begin = go)));
  }

  /** @returns {boolean} whether a typed code can't be meant any more */
  get isSealedByLetter() {
    return this.isProved && !this.number;
  }

  /**
   * From now on everything is sealed with this.
   *
   * @param {Promise<Root>} root
   * @param {string} [number] - to check
   */
  use(root, number = "") {
    this.number = number;
    this.isProved = false;
    this.#seal = root.then((each) => newSeal(each, this.#role, this.instances));
    this.#begin();
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} content
   * @param {(frame: Uint8Array<ArrayBuffer>) => void} send - called when it is sealed
   */
  close(content, send) {
    this.#outgoing = this.#outgoing.then(async () => {
      const frame = await (await this.#seal)?.close(content);
      if (frame) send(frame);
    });
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} frame
   * @param {(content: Uint8Array<ArrayBuffer> | null) => void} take - nothing for a frame that
   *   the other page did not seal
   */
  open(frame, take) {
    this.#incoming = this.#incoming.then(async () => {
      const content = (await (await this.#seal)?.open(frame)) ?? null;
      if (content) this.isProved = true;
      take(content);
    });
  }
}
