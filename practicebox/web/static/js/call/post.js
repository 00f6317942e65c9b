/**
 * What goes between this page and one load of the other page, sealed so that the box can neither
 * read nor change it (docs/protocol.md, section 2). What this page holds decides how: with a
 * letter's link there is one way only; a typed code carries no key, so there both pages agree on one
 * and show a check number. No message selects anything.
 *
 * Events: `payload` (detail: `Payload`), `secured` (detail: `{number}`: null while nobody has proved
 * anything, empty with a letter, else the check number), `agreed` (the key is new), `rejected` (a
 * frame that the other page did not seal), `refused` (too many others: the page has to be loaded anew).
 */

import { Epoch } from "./epoch.js";
import { emit } from "./events.js";
import { rootOf } from "./letter.js";
import { decode, encode } from "./payload.js";
import { AGREEING, SEALED } from "./seal.js";

const MOST = 256; // others that one page talks to; each may wait in memory
const MOST_NUMBERS = 8; // check numbers that one page shows: each is a guess for who sits between
const INSTANCE = /^[0-9a-f]{16}$/;

/**
 * @typedef {import("./payload.js").Content} Content
 * @typedef {import("./payload.js").Payload} Payload
 * @typedef {import("../agree/agreement.js").Agreement} Agreement
 * @typedef {object} Credential
 * @property {import("./seal.js").Role} role
 * @property {import("./letter.js").Link | null} link - null where a code was typed
 */

export class Post extends EventTarget {
  /** Instance of the other page. */
  other = "";
  /** Of the connections to it. */
  count = 0;
  #signaling;
  #credential;
  #root;
  #epochs = /** @type {Map<string, Epoch>} */ (new Map());
  #numbers = 0;

  /** @param {import("./signaling.js").Signaling} signaling @param {Credential} credential */
  constructor(signaling, credential) {
    super();
    this.#signaling = signaling;
    this.#credential = credential;
    this.#root = credential.link && rootOf(credential.link);
  }

  /** The other page is there, perhaps again. @param {string} instance */
  meet(instance) {
    if (instance !== this.other) {
      this.other = instance;
      this.count = 0;
      emit(this, "secured", { number: null });
    }
    if (!this.#epoch) this.#begin(instance);
    else this.#propose(this.#epoch);
  }

  /** @param {Content} content */
  send(content) {
    const bytes = encode({ connection: this.count, ...content });
    this.#epoch?.close(bytes, (frame) => this.#signaling.forward(frame));
  }

  /** @param {ArrayBuffer} bytes */
  receive(bytes) {
    const frame = new Uint8Array(bytes);
    const epoch = this.#epoch;
    if (epoch && frame[0] === SEALED) this.#open(epoch, frame);
    else if (epoch && frame[0] === AGREEING) void this.#agree(epoch, frame);
    else emit(this, "rejected");
  }

  get #epoch() {
    return this.#epochs.get(this.other);
  }

  /** @param {string} instance */
  #begin(instance) {
    if (!INSTANCE.test(instance) || this.#epochs.size >= MOST) return emit(this, "refused");
    const epoch = new Epoch(this.#credential.role, {
      mine: this.#signaling.instance,
      other: instance,
    });
    this.#epochs.set(instance, epoch);
    if (this.#root) epoch.use(this.#root);
    this.#propose(epoch);
  }

  /** The patient's page begins where there is no letter. @param {Epoch} epoch */
  #propose(epoch) {
    if (this.#root || this.#credential.role !== "patient") return;
    void this.#agreement(epoch)?.then((agreement) => agreement?.begin());
  }

  /** @param {Epoch} epoch @param {Uint8Array<ArrayBuffer>} frame */
  #open(epoch, frame) {
    const wasProved = epoch.isProved;
    epoch.open(frame, (content) => {
      if (epoch !== this.#epoch) return;
      const payload = content && decode(content);
      if (!payload) return emit(this, "rejected");
      if (!wasProved && !epoch.number) emit(this, "secured", { number: "" });
      emit(this, "payload", payload);
    });
  }

  /** @param {Epoch} epoch @param {Uint8Array<ArrayBuffer>} frame */
  async #agree(epoch, frame) {
    const isOurs = this.#credential.role === "clinician" || !this.#root;
    const agreement = isOurs && !epoch.isSealedByLetter && (await this.#agreement(epoch));
    if (!agreement || epoch !== this.#epoch) return emit(this, "rejected");
    agreement.take(frame, (agreed) => {
      if (!agreed || epoch.isSealedByLetter) return emit(this, "rejected");
      epoch.use(Promise.resolve(agreed.root), agreed.number);
      if (epoch !== this.#epoch) return;
      emit(this, "secured", { number: agreed.number });
      emit(this, "agreed");
    });
  }

  /** @param {Epoch} epoch */
  #agreement(epoch) {
    if (!epoch.agreement && this.#numbers >= MOST_NUMBERS) {
      emit(this, "refused");
      return null;
    }
    if (!epoch.agreement) this.#numbers += 1;
    return (epoch.agreement ??= this.#newAgreement(epoch));
  }

  /**
   * @param {Epoch} epoch
   * @returns {Promise<Agreement | null>} nothing while the box is away; again with the next `peer`
   */
  async #newAgreement(epoch) {
    const module = await import("../agree/agreement.js").catch(() => null);
    if (!module) epoch.agreement = null;
    return (
      module &&
      new module.Agreement(this.#credential.role, epoch.instances, (frame) => {
        if (epoch === this.#epoch) this.#signaling.forward(frame);
      })
    );
  }
}
