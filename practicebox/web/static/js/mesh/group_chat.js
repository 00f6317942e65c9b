/**
 * The chat of a conference: every line goes to everybody over their own connection. Who comes later
 * doesn't get what was written before.
 *
 * Events: `line` (as of chat.js, with `who`).
 */

import { emit, on } from "../call/events.js";
import { newId } from "../call/identity.js";
import { LONGEST } from "../call/chat.js";
import { paragraphs } from "../call/text.js";

/** @typedef {import("../call/chat.js").Chat} Chat */

export class GroupChat extends EventTarget {
  #chats = /** @type {Set<Chat>} */ (new Set());

  /** @param {Chat} chat - with one of them @param {() => string} name */
  add(chat, name) {
    if (this.#chats.has(chat)) return;
    this.#chats.add(chat);
    on(chat, "line", (line) => !line.isOwn && emit(this, "line", { ...line, who: name() }));
  }

  /** @param {Chat} chat */
  remove(chat) {
    this.#chats.delete(chat);
  }

  /** @param {string} text */
  write(text) {
    const line = paragraphs(text, LONGEST);
    if (!line) return;
    for (const chat of this.#chats) chat.write(line);
    emit(this, "line", { id: newId(), text: line, sent: new Date(), isOwn: true });
  }

  /** @param {string} id - of a line that stands on the screen now */
  see(id) {
    for (const chat of this.#chats) chat.see(id);
  }
}
