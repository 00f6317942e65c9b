/** What a guest's page adds to a visit (patient/visit.js) that is a conference. */

import { on } from "../call/events.js";
import { element } from "../stage/dom.js";
import { showSecured } from "../stage/secured.js";
import { Guest } from "./guest.js";
import { fill, newRow, offerPanel } from "./people.js";
import { askWhoIsPresent } from "./present.js";
import { setMeshStage } from "./stage.js";

const own = sessionStorage.getItem("name") ?? "";
const asked = askWhoIsPresent(own);
const REMEMBERED = "present";

/** @returns {boolean} whether it is said who is in the room here */
export function isIntroduced() {
  const names = asked.read();
  if (names) sessionStorage.setItem(REMEMBERED, JSON.stringify(names));
  return names !== null;
}

/** @param {import("../stage/call.js").Call} call */
export function setStage(call) {
  const present = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "null") ?? [own];
  const { practice = "" } = element("tiles", HTMLElement).dataset;
  const guest = new Guest(call, { name: own, present, practice });
  setMeshStage(guest, { media: call.media, hangUp: () => call.hangUp() });
  offerPanel();
  showPeople(guest);
  showSecured(call);
  const wish = element("mute-wished", HTMLElement);
  on(guest, "mute-wished", () => (wish.hidden = !call.media.state.microphone));
  on(call.media, "state", ({ microphone }) => (wish.hidden ||= !microphone));
  element("mute-now", HTMLButtonElement).addEventListener("click", () => {
    void call.media.setMicrophone(false);
    element("toggle-microphone", HTMLButtonElement).focus();
  });
}

/** @param {Guest} guest */
function showPeople(guest) {
  const rows = /** @type {Map<import("./member.js").Member, HTMLElement>} */ (new Map());
  on(guest, "member", ({ member }) => {
    if (rows.has(member)) return;
    const row = newRow();
    rows.set(member, row);
    const draw = () => fill(row, { ...member.person, said: "" });
    on(member, "changed", draw);
    draw();
  });
  on(guest, "gone", ({ member }) => {
    rows.get(member)?.remove();
    rows.delete(member);
  });
}
