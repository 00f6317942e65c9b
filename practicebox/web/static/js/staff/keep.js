/**
 * A workstation that is approved: it remembers so apart from its cookie, and asks the browser to keep
 * what it has stored.
 *
 * The mark lets the page of an unknown workstation tell later that this one was approved and that the
 * browser has forgotten it. Firefox asks the user before it promises to keep anything, so the question
 * is put only where the page explains it.
 */

const MARK = "device-approved";

/** @param {NodeListOf<HTMLElement>} lines - what to say to either answer */
async function ask(lines) {
  if (!navigator.storage?.persist) return;
  const kept = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  for (const line of lines) line.hidden = (line.dataset.kept === "yes") !== kept;
}

localStorage.setItem(MARK, "yes");
const lines = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-kept]"));
if (lines.length > 0) void ask(lines);
