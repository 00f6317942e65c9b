/**
 * Frames that only the two pages of one epoch can read (docs/protocol.md, section 2): AES-256-GCM,
 * a key for each direction. The box forwards them and sees their length, in steps of 256 bytes.
 */

const STEP = 256; // bytes that the content is padded to
const HEAD = 9; // bytes: the kind of the frame, and the counter
const LIMIT = 64 * 1024; // bytes; the box closes the socket over larger frames (1009)
const TAG = 16; // bytes
// Kinds of frames: sealed, and those that agree on a key
export const [SEALED, AGREEING] = [1, 2];

/**
 * @typedef {"clinician" | "patient"} Role
 * @typedef {object} Root - what both pages know and the box doesn't
 * @property {CryptoKey} key - HKDF
 * @property {Uint8Array<ArrayBuffer>} salt
 * @property {string} room - what the key belongs to: `link` and the letter's locator, or `code`
 */

export class Seal {
  #keys;
  #labels;
  #sent = 0;
  #opened = 0;

  /**
   * @param {{out: CryptoKey, in: CryptoKey}} keys
   * @param {{out: Uint8Array<ArrayBuffer>, in: Uint8Array<ArrayBuffer>}} labels - associated data
   */
  constructor(keys, labels) {
    this.#keys = keys;
    this.#labels = labels;
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} content
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>} nothing if it is larger than a frame may be
   */
  async close(content) {
    const padded = pad(content);
    if (HEAD + padded.length + TAG > LIMIT) return null;
    const head = header(++this.#sent);
    const sealed = await crypto.subtle.encrypt(how(head, this.#labels.out), this.#keys.out, padded);
    const frame = new Uint8Array(HEAD + sealed.byteLength);
    frame.set(head);
    frame.set(new Uint8Array(sealed), HEAD);
    return frame;
  }

  /**
   * Frames have to be opened one after the other.
   *
   * @param {Uint8Array<ArrayBuffer>} frame
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>} nothing for what the other page did not seal
   *   for this epoch, or what is not newer than all before
   */
  async open(frame) {
    const head = frame.subarray(0, HEAD);
    if (frame.length < HEAD + TAG || head[0] !== SEALED) return null;
    const count = Number(new DataView(frame.buffer, frame.byteOffset).getBigUint64(1));
    if (count <= this.#opened || !Number.isSafeInteger(count)) return null;
    const parameters = how(head, this.#labels.in);
    try {
      const opened = await crypto.subtle.decrypt(
        parameters,
        this.#keys.in,
        frame.subarray(HEAD),
      );
      this.#opened = count;
      return unpad(new Uint8Array(opened));
    } catch {
      return null;
    }
  }
}

/**
 * The seal of one epoch: of this load of the one page and that load of the other.
 *
 * @param {Root} root
 * @param {Role} role - of this page
 * @param {{clinician: string, patient: string}} instances - the nonces of both pages
 */
export async function newSeal(root, role, instances) {
  const mine = await direction(root, role, instances, ["encrypt"]);
  const others = role === "clinician" ? "patient" : "clinician";
  const theirs = await direction(root, others, instances, ["decrypt"]);
  return new Seal({ out: mine.key, in: theirs.key }, { out: mine.label, in: theirs.label });
}

/**
 * @param {Root} root
 * @param {Role} from - who sends
 * @param {{clinician: string, patient: string}} instances
 * @param {KeyUsage[]} usages
 */
async function direction({ key, salt, room }, from, { clinician, patient }, usages) {
  const label = new TextEncoder().encode(`pb/sig/v1/seal|${room}|${from}|${clinician}|${patient}`);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: label };
  const kind = { name: "AES-GCM", length: 256 };
  return { label, key: await crypto.subtle.deriveKey(how, key, kind, false, usages) };
}

/** @param {number} count - of the frames in this direction, from 1: never twice under one key */
function header(count) {
  const head = new Uint8Array(HEAD);
  head[0] = SEALED;
  new DataView(head.buffer).setBigUint64(1, BigInt(count));
  return head;
}

/** @param {Uint8Array} head @param {Uint8Array<ArrayBuffer>} additionalData */
function how(head, additionalData) {
  const iv = new Uint8Array(12);
  iv.set(head.subarray(1), 4);
  return { name: "AES-GCM", iv, additionalData };
}

/** One bit, then zeros, as ISO/IEC 7816-4 does. @param {Uint8Array} content */
function pad(content) {
  const padded = new Uint8Array(Math.ceil((content.length + 1) / STEP) * STEP);
  padded.set(content);
  padded[content.length] = 0x80;
  return padded;
}

/** @param {Uint8Array<ArrayBuffer>} padded */
function unpad(padded) {
  let end = padded.length - 1;
  while (padded[end] === 0) end -= 1;
  return padded[end] === 0x80 ? padded.subarray(0, end) : null;
}
