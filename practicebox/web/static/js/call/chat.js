/**
 * The chat channel (docs/protocol.md, section 4). Nothing is stored: the lines live in the two
 * pages. A page that was reloaded gets the other's lines once more; the ids tell which are new.
 *
 * Events: `line` (detail: `Line`, own ones too), `seen` (detail: `{id}`: the other side saw it).
 */

import { emit } from "./events.js";
import { newId } from "./identity.js";
import { paragraphs } from "./text.js";
import { say, understood, whenOpen } from "./wire.js";

/** @typedef {{id: string, text: string, sent: Date, isOwn: boolean}} Line */

export const LONGEST = 4000; // characters
const LIMIT = 8 * LONGEST; // characters of a message; JSON may need six for one
const MOST = 2000; // lines taken from one side: more is no conversation

export class Chat extends EventTarget {
  #channel = /** @type {RTCDataChannel | null} */ (null);
  #own = /** @type {Line[]} */ ([]);
  #known = /** @type {Set<string>} */ (new Set());

  /** @param {RTCDataChannel} channel - of a new peer, who knows nothing yet */
  bind(channel) {
    this.#channel = channel;
    channel.addEventListener(
      "message",
      ({ data }) => this.#channel === channel && this.#read(data),
    );
    whenOpen(channel, () => this.#own.forEach((line) => this.#send(line)));
  }

  /** @param {string} text - sent when the channel opens, if it is not open */
  write(text) {
    const line = { id: newId(), text: paragraphs(text, LONGEST), sent: new Date(), isOwn: true };
    if (!line.text || this.#own.length >= MOST) return;
    this.#own.push(line);
    this.#send(line);
    emit(this, "line", line);
  }

  /** @param {string} id - of a line of the other side that stands on the screen now */
  see(id) {
    say(this.#channel, { seen: id });
  }

  /** @param {Line} line */
  #send({ id, text, sent }) {
    say(this.#channel, { id, text, sent: sent.toISOString() });
  }

  /** @param {unknown} data */
  #read(data) {
    const message = understood(data, LIMIT);
    if (!message) return;
    if (this.#own.some(({ id }) => id === message.seen)) emit(this, "seen", { id: message.seen });
    const { id } = message;
    const text = paragraphs(message.text, LONGEST);
    const isNew = typeof id === "string" && id.length <= 64 && !this.#known.has(id);
    if (!isNew || !text || this.#known.size >= MOST) return;
    this.#known.add(id);
    emit(this, "line", { id, text, sent: moment(message.sent), isOwn: false });
  }
}

/** @param {unknown} sent - ISO 8601; now, if it is no moment */
function moment(sent) {
  const date = new Date(typeof sent === "string" ? sent : NaN);
  return Number.isNaN(date.getTime()) ? new Date() : date;
}
