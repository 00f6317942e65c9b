/** Files at the side: one row each with its progress, and the buttons that make sense just now. */

import { on } from "../call/events.js";
import { save } from "../call/save.js";
import { copyOf, element, part } from "./dom.js";

/**
 * @typedef {import("../call/transfer.js").Transfer} Transfer
 * @typedef {import("../call/transfer.js").TransferState} State
 */

const WORDS = /** @type {Record<State, string>} */ ({
  waiting: "waiting",
  offered: "waiting",
  moving: "sending",
  checking: "sending",
  done: "sent",
  declined: "declined",
  cancelled: "cancelled",
  damaged: "damaged",
  failed: "lost",
  refused: "tooLarge",
});
const OF_OTHER = /** @type {Partial<Record<State, string>>} */ ({
  offered: "offered",
  moving: "receiving",
  checking: "receiving",
  done: "received",
});
const RUNNING = new Set(["waiting", "offered", "moving", "checking"]);

/**
 * @param {import("./call.js").Call} call
 * @param {Record<string, string>} texts
 * @param {() => void} open - shows the panel, because somebody wants to send something
 */
export function showFiles({ files }, texts, open) {
  const rows = /** @type {Map<string, HTMLElement>} */ (new Map());
  const choice = element("file-choice", HTMLInputElement);
  choice.addEventListener("change", () => {
    for (const file of choice.files ?? []) files.offer(file);
    choice.value = "";
  });
  on(files, "transfer", (/** @type {Transfer} */ transfer) => {
    let row = rows.get(transfer.id);
    if (!row) {
      row = newRow(files, transfer);
      rows.set(transfer.id, row);
      if (!transfer.isOwn) open();
    }
    show(row, transfer, texts);
  });
}

/** @param {import("../call/files.js").Files} files @param {Transfer} transfer */
function newRow(files, transfer) {
  const { id, name, size } = transfer;
  const row = copyOf("file-template");
  part(row, ".file-name", HTMLElement).textContent = name;
  part(row, ".file-size", HTMLElement).textContent = inWords(size);
  part(row, "progress", HTMLProgressElement).setAttribute("aria-label", name);
  press(row, ".accept", () => files.accept(id));
  press(row, ".decline", () => files.decline(id));
  press(row, ".cancel", () => files.cancel(id));
  press(row, ".save", () => transfer.blob && save(transfer.blob, name));
  element("files", HTMLElement).append(row);
  return row;
}

/** @param {HTMLElement} row @param {Transfer} transfer @param {Record<string, string>} texts */
function show(row, { state, isOwn, moved, size, blob }, texts) {
  const isAsked = state === "offered" && !isOwn;
  const word = (isOwn ? undefined : OF_OTHER[state]) ?? WORDS[state];
  const line = part(row, ".file-state", HTMLElement);
  if (line.textContent !== texts[word]) line.textContent = texts[word];
  const progress = part(row, "progress", HTMLProgressElement);
  progress.value = size ? Math.min(1, moved / size) : Number(state === "done");
  progress.hidden = isAsked || !RUNNING.has(state);
  row.dataset.state = state;
  reveal(row, ".accept", isAsked);
  reveal(row, ".decline", isAsked);
  reveal(row, ".cancel", RUNNING.has(state) && !isAsked);
  reveal(row, ".save", blob !== null && state === "done" && !isOwn);
}

/** @param {HTMLElement} row @param {string} selector @param {() => unknown} action */
function press(row, selector, action) {
  part(row, selector, HTMLButtonElement).addEventListener("click", () => void action());
}

/** @param {HTMLElement} row @param {string} selector @param {boolean} isShown */
function reveal(row, selector, isShown) {
  part(row, selector, HTMLButtonElement).hidden = !isShown;
}

/** @param {number} size - in bytes */
function inWords(size) {
  const language = document.documentElement.lang;
  const [value, unit] = size < 1e6 ? [size / 1e3, "kilobyte"] : [size / 1e6, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}
