/**
 * The clinician's page of a conference: who waits, asking in one by one, the conference, its end.
 */

import { on } from "../call/events.js";
import { read } from "../call/letter.js";
import { Media } from "../call/media.js";
import { Moderator } from "../mesh/moderator.js";
import { offerPanel } from "../mesh/people.js";
import { askWhoIsPresent } from "../mesh/present.js";
import { showSeats } from "../mesh/seats.js";
import { setMeshStage } from "../mesh/stage.js";
import { Call } from "../stage/call.js";
import { element } from "../stage/dom.js";
import { sayTrouble, showPreview } from "../stage/preview.js";

const BEGUN = "conference-begun"; // in this tab: a reload in the middle goes on without a question

const page = element("consultation", HTMLElement);
const name = page.dataset.name ?? "";
const media = new Media();
const asked = askWhoIsPresent(name);
const key = `${BEGUN} ${page.dataset.appointment}`;
const askedBefore = new Set(JSON.parse(sessionStorage.getItem(`${key} in`) ?? "[]"));

const seats = JSON.parse(element("seat-list", HTMLElement).textContent ?? "[]").map(
  (/** @type {{id: string, name: string, role: string, path: string, link: string, open: boolean}} */ seat) => ({
    ...{ id: seat.id, name: seat.name, role: seat.role },
    ...{ isThere: false, isAsked: askedBefore.has(seat.id), number: null },
    ...{ entry: "", present: [], channel: null, member: null },
    call: seat.open
      ? new Call({ path: seat.path, media, name, role: "clinician", link: read(seat.link) })
      : null,
  }),
);
const calls = /** @type {Call[]} */ (
  seats.flatMap((/** @type {{call: Call | null}} */ { call }) => call ?? [])
);
const moderator = new Moderator(seats);

/** @param {string[]} present */
function begin(present) {
  moderator.present = present;
  sessionStorage.setItem(key, JSON.stringify(present));
  element("ante", HTMLElement).hidden = true;
  element("call", HTMLElement).hidden = false;
  document.body.classList.add("is-calling");
  panel.show(matchMedia("(min-width: 48rem)").matches); // on a phone it would cover the pictures
  preview.stop();
  moderator.tell();
}

/** @param {"ended" | "elsewhere"} how */
function finish(how) {
  for (const each of [key, `${key} in`]) sessionStorage.removeItem(each);
  for (const call of calls) if (how === "elsewhere") call.leave();
  void media.close();
  element("call", HTMLElement).hidden = true;
  element("ante", HTMLElement).hidden = true;
  document.body.classList.remove("is-calling");
  const over = element("over", HTMLElement);
  over.hidden = false;
  const line = element("over-said", HTMLElement);
  line.textContent = line.dataset[how] ?? "";
  scrollTo(0, 0);
}

function hangUp() {
  moderator.end();
  finish("ended");
}

await media.open();
const preview = showPreview(media, "preview");
sayTrouble(media.state);
const panel = offerPanel();
showSeats(moderator);
setMeshStage(moderator, { media, hangUp });
on(moderator, "seat", () => {
  const inside = moderator.seats.filter(({ isAsked }) => isAsked).map(({ id }) => id);
  sessionStorage.setItem(`${key} in`, JSON.stringify(inside));
});
for (const call of calls) {
  call.prepare();
  call.enter();
  on(call.signaling, "closed", ({ code }) => code === 4409 && finish("elsewhere"));
}
element("begin", HTMLButtonElement).addEventListener("click", () => {
  const present = asked.read();
  if (present) begin(present);
});
const before = sessionStorage.getItem(key);
if (before) begin(JSON.parse(before));
else element("begin", HTMLButtonElement).focus();
