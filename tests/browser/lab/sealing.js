/** One page's half of sealed signaling without a call, for a Python program as the other half. */

import { Agreement } from "/static/js/agree/agreement.js";
import { rootOf } from "/static/js/call/letter.js";
import { newSeal, Seal } from "/static/js/call/seal.js";

/** @typedef {{rid: string, secret: string}} Link */

export const sealing = {
  seal: /** @type {Seal | null} */ (null),
  frames: /** @type {string[]} */ ([]),
  number: "",
  refused: 0,
  taken: /** @type {string[]} */ ([]),
  told: /** @type {string[]} */ ([]),

  /** @param {Link} link @param {"clinician" | "patient"} role @param {any} instances */
  async withLetter(link, role, instances) {
    this.seal = await newSeal(await rootOf(link), role, instances);
  },

  /** @param {"clinician" | "patient"} role @param {any} instances */
  agree(role, instances) {
    const agreement = new Agreement(role, instances, (frame) => this.frames.push(base64(frame)));
    if (role === "patient") void agreement.begin();
    return Object.assign(this, { agreement, role, instances });
  },

  /** @param {string} frame */
  hear(frame) {
    const { agreement, role, instances } = /** @type {any} */ (this);
    agreement.take(bytes(frame), async (/** @type {any} */ agreed) => {
      if (!agreed) return (this.refused += 1);
      this.seal = await newSeal(agreed.root, role, instances);
      return (this.number = agreed.number);
    });
  },

  /** @param {string} content */
  async close(content) {
    const frame = await this.seal?.close(new TextEncoder().encode(content));
    return frame ? base64(frame) : null;
  },

  /** What each frame opened to, one after the other. @param {string[]} frames */
  async open(frames) {
    const opened = [];
    for (const frame of frames) {
      const content = await this.seal?.open(bytes(frame));
      opened.push(content ? new TextDecoder().decode(content) : null);
    }
    return opened;
  },

  /** Notes what this page's call seals and what it opens. */
  note() {
    const { close, open } = Seal.prototype;
    const { taken, told } = this;
    Seal.prototype.close = function (content) {
      told.push(new TextDecoder().decode(content));
      return close.call(this, content);
    };
    Seal.prototype.open = async function (frame) {
      const content = await open.call(this, frame);
      if (content) taken.push(new TextDecoder().decode(content));
      return content;
    };
  },
};

/** @param {Uint8Array} data */
function base64(data) {
  return btoa(String.fromCharCode(...data));
}

/** @param {string} text */
function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
