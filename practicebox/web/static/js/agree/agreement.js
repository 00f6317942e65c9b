/**
 * How two pages without a letter agree on a key (docs/protocol.md, section 2): ECDH over P-256, the
 * patient's half committed to before the clinician's is known. So whoever sits between them, the
 * box for instance, can't choose keys until both screens show the same check number: one guess in a
 * million for each number that is shown.
 *
 *     patient   -> clinician   1, SHA-256(context, key, nonce)
 *     clinician -> patient     2, key, nonce
 *     patient   -> clinician   3, key, nonce
 */

import { AGREEING } from "../call/seal.js";
import { number, rootFrom } from "./number.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const KEY = 65; // bytes, uncompressed (SEC 1 section 2.3.3)
const NONCE = 16; // bytes
const SIZES = /** @type {Record<number, number>} */ ({ 1: 32, 2: KEY + NONCE, 3: KEY + NONCE });

/**
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {{root: import("../call/seal.js").Root, number: string}} Agreed
 */

export class Agreement {
  #role;
  #context;
  #send;
  #own = /** @type {Promise<{pair: CryptoKeyPair, half: Bytes}>} */ (newHalf());
  #first = /** @type {Bytes | null} */ (null); // what the other page said first
  #queue = Promise.resolve();
  #isOver = false;

  /**
   * @param {import("../call/seal.js").Role} role
   * @param {{clinician: string, patient: string}} instances
   * @param {(frame: Bytes) => void} send
   */
  constructor(role, { clinician, patient }, send) {
    this.#role = role;
    this.#context = new TextEncoder().encode(`pb/sig/v1/agree|${clinician}|${patient}`);
    this.#send = send;
  }

  /** Begins, on the patient's page; again after a lost socket: the same words. */
  async begin() {
    const { half } = await this.#own;
    this.#say(1, await hash(this.#context, half));
    if (this.#isOver) this.#say(3, half);
  }

  /**
   * @param {Bytes} frame
   * @param {(agreed: Agreed | null) => void} done - nothing when the other page broke its word
   */
  take(frame, done) {
    this.#queue = this.#queue.then(async () => {
      const [step, said] = [frame[1], frame.slice(2)];
      if (said.length !== SIZES[step]) return;
      if (this.#role === "patient") await this.#answered(step, said, done);
      else await this.#asked(step, said, done);
    });
  }

  /** @param {number} step @param {Bytes} said @param {(agreed: Agreed | null) => void} done */
  async #answered(step, said, done) {
    if (step !== 2 || this.#isOver) return;
    this.#isOver = true;
    const { half } = await this.#own;
    const agreed = await this.#agree(said, said, half);
    if (agreed) this.#say(3, half);
    done(agreed);
  }

  /** @param {number} step @param {Bytes} said @param {(agreed: Agreed | null) => void} done */
  async #asked(step, said, done) {
    const { half } = await this.#own;
    if (step === 1) {
      this.#first ??= said;
      if (same(this.#first, said)) this.#say(2, half);
    }
    if (step !== 3 || !this.#first || this.#isOver) return;
    this.#isOver = true;
    const isKept = same(this.#first, await hash(this.#context, said));
    done(isKept ? await this.#agree(said, half, said) : null);
  }

  /** @param {Bytes} other @param {Bytes} clinician @param {Bytes} patient - halves */
  async #agree(other, clinician, patient) {
    try {
      const { pair } = await this.#own;
      const theirs = await crypto.subtle.importKey("raw", other.slice(0, KEY), CURVE, false, []);
      const how = { name: "ECDH", public: theirs };
      const shared = await crypto.subtle.deriveBits(how, pair.privateKey, 256);
      const root = await rootFrom(shared, await hash(this.#context, clinician, patient));
      return { root, number: await number(root) };
    } catch {
      return null; // not a point of the curve
    }
  }

  /** @param {number} step @param {Bytes} said */
  #say(step, said) {
    const frame = new Uint8Array(2 + said.length);
    frame.set([AGREEING, step]);
    frame.set(said, 2);
    this.#send(frame);
  }
}

/** @returns {Promise<{pair: CryptoKeyPair, half: Bytes}>} */
async function newHalf() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const half = new Uint8Array(KEY + NONCE);
  half.set(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  crypto.getRandomValues(half.subarray(KEY));
  return { pair, half };
}

/** @param {...Bytes} parts - of known lengths, the last excepted @returns {Promise<Bytes>} */
async function hash(...parts) {
  const all = await new Blob(parts).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

/** @param {Bytes} one @param {Bytes} other - neither is secret */
function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
