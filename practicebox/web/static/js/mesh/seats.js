/** The moderator's list: who waits, asking in one by one, muting, putting back. */

import { on } from "../call/events.js";
import { element, part } from "../stage/dom.js";
import { fill, newRow } from "./people.js";

/**
 * @typedef {import("./moderator.js").Moderator} Moderator
 * @typedef {import("./moderator.js").Seat} Seat
 */

/** @param {Moderator} moderator */
export function showSeats(moderator) {
  const texts = element("seats", HTMLElement).dataset;
  for (const seat of moderator.seats) {
    const row = newRow();
    row.dataset.seat = seat.id;
    press(row, ".seat-admit", () => moderator.admit(seat));
    press(row, ".seat-mute", () => moderator.askToMute(seat));
    press(row, ".seat-back", () => moderator.putBack(seat));
    const draw = () => {
      const word = whereIs(seat);
      row.dataset.where = word;
      fill(row, { ...seat, said: texts[word] ?? "" });
      part(row, ".seat-admit", HTMLButtonElement).hidden = word !== "waiting";
      part(row, ".seat-mute", HTMLButtonElement).hidden = word !== "inside";
      part(row, ".seat-back", HTMLButtonElement).hidden = word !== "inside";
      showNumber(row, seat);
      tellWhoWaits(moderator);
    };
    on(moderator, "seat", ({ seat: changed }) => changed === seat && draw());
    draw();
  }
}

/** @param {Seat} seat */
function whereIs({ call, isThere, isAsked }) {
  if (!call) return "closed";
  if (isAsked && call.room.isAdmitted) return isThere ? "inside" : "away";
  return isThere ? "waiting" : "absent";
}

/**
 * Where a code was typed, two people compare a number (docs/protocol.md, section 2).
 *
 * @param {HTMLElement} row
 * @param {Seat} seat
 */
function showNumber(row, { number }) {
  const label = part(row, ".seat-number", HTMLElement);
  const shown = number ? `${number.slice(0, 3)}\u202f${number.slice(3)}` : "";
  const place = part(label, "span", HTMLElement);
  label.hidden = !shown;
  if (place.textContent === shown) return;
  place.textContent = shown;
  part(label, "input", HTMLInputElement).checked = false; // another number, another comparison
}

/** @param {Moderator} moderator */
function tellWhoWaits(moderator) {
  const waiting = moderator.seats.filter((seat) => whereIs(seat) === "waiting");
  const { dataset } = element("waiting-said", HTMLElement);
  const who = waiting.map(({ name }) => name).join(", ");
  const line = who ? (dataset.waiting ?? "").replace("{name}", who) : (dataset.nobody ?? "");
  for (const place of document.querySelectorAll(".waiting-said")) {
    if (place.textContent !== line) place.textContent = line;
  }
}

/** @param {HTMLElement} row @param {string} selector @param {() => void} action */
function press(row, selector, action) {
  part(row, selector, HTMLButtonElement).addEventListener("click", action);
}
