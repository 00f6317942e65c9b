/** The chat at the side: lines as they come, a badge for those not seen yet. */

import { on } from "../call/events.js";
import { copyOf, element, part } from "./dom.js";

/**
 * @typedef {EventTarget & {write(text: string): void, see(id: string): void}} AnyChat
 *   where several people write, its lines say `who`
 * @param {{chat: AnyChat, introduction: EventTarget}} call
 * @param {Record<string, string>} texts
 */
export function showChat({ chat, introduction }, texts) {
  const side = element("side", HTMLElement);
  const toggle = element("toggle-side", HTMLButtonElement);
  const field = element("chat-text", HTMLInputElement);
  const unseen = /** @type {Set<string>} */ (new Set());
  let other = texts.other;

  const count = () => {
    const badge = element("unread", HTMLElement);
    badge.textContent = String(unseen.size || "");
    badge.hidden = unseen.size === 0;
  };
  /** @param {boolean} isOpen */
  const open = (isOpen) => {
    side.hidden = !isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    for (const id of unseen) chat.see(id);
    unseen.clear();
    count();
    field.focus();
  };

  on(introduction, "introduced", ({ name }) => (other = name || texts.other));
  on(chat, "line", ({ id, text, isOwn, who = other }) => {
    append(text, isOwn ? texts.you : who, isOwn);
    if (isOwn) return;
    if (side.hidden) unseen.add(id);
    else chat.see(id);
    count();
  });
  toggle.addEventListener("click", () => open(Boolean(side.hidden)));
  element("close-side", HTMLButtonElement).addEventListener("click", () => {
    open(false);
    toggle.focus();
  });
  element("chat-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    chat.write(field.value);
    field.value = "";
  });
  return { open };
}

/** @param {string} text @param {string} who @param {boolean} isOwn */
function append(text, who, isOwn) {
  const line = copyOf("message-template");
  line.classList.toggle("is-own", isOwn);
  part(line, ".message-who", HTMLElement).textContent = who;
  part(line, ".message-text", HTMLElement).textContent = text;
  const list = element("messages", HTMLElement);
  list.append(line);
  list.scrollTop = list.scrollHeight;
}
