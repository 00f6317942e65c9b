/**
 * The clinician's page: who waits, asking in, the consultation, and its end.
 *
 * `#start` (the button of the appointment) means: I am ready, begin as soon as the patient is there.
 */

import { on } from "../call/events.js";
import { read } from "../call/letter.js";
import { Media } from "../call/media.js";
import { Call } from "../stage/call.js";
import { element, say } from "../stage/dom.js";
import { sayTrouble, showPreview } from "../stage/preview.js";
import { setStage } from "../stage/stage.js";
import { tellWay } from "./tell_way.js";

/** @typedef {"elsewhere" | "over" | "lost" | "ended"} Ending */

// Close codes of docs/protocol.md, section 1.
const ENDINGS = /** @type {Record<number, Ending>} */ ({ 4409: "elsewhere", 4410: "over" });

const page = element("consultation", HTMLElement);
const status = element("ante-status", HTMLElement);
const admit = element("admit", HTMLButtonElement);
const media = new Media();
const call = new Call({
  path: `/appointments/${page.dataset.appointment}/signal`,
  media,
  name: page.dataset.name ?? "",
  role: "clinician",
  link: read(page.dataset.link ?? ""),
});
let isThere = false; // the patient
let isOpen = false; // the door: asked in, now or as soon as they come
let name = "";

function draw() {
  const waiting = name ? "waitingName" : "waiting";
  say(status, isThere ? waiting : isOpen ? "open" : "nobody", { name });
  admit.hidden = isOpen && !isThere;
}

function askIn() {
  isOpen = true;
  call.room.admit();
  draw();
}

/** The stage is shown once the patient is in; until then the clinician sees the waiting room. */
function showCall() {
  const isCalling = isOpen && isThere;
  element("ante", HTMLElement).hidden = isCalling;
  element("call", HTMLElement).hidden = !isCalling;
  document.body.classList.toggle("is-calling", isCalling);
}

function listen() {
  on(call.signaling, "peer", () => {
    isThere = true;
    draw();
    showCall();
  });
  on(call.signaling, "peer-left", ({ reason }) => {
    if (isOpen && reason === "lost") return; // the picture may well go on
    isThere = false;
    draw();
    showCall();
  });
  on(call.signaling, "lost", () => !isOpen && say(status, "lost"));
  on(call.signaling, "closed", ({ code }) => finish(ENDINGS[code] ?? "lost"));
  on(call.introduction, "introduced", (introduced) => {
    name = introduced.name;
    draw();
  });
  on(call.room, "welcome", draw);
  on(call.room, "admitted", () => {
    isOpen = true;
    draw();
    showCall();
  });
  on(call.room, "second", ({ waiting }) => (element("second", HTMLElement).hidden = !waiting));
  on(call.room, "call-me", ({ wanted }) => (element("call-wanted", HTMLElement).hidden = !wanted));
  on(call.room, "ended", () => {
    call.leave();
    finish("ended");
  });
}

/** @param {Ending} how */
function finish(how) {
  isOpen = isThere = false;
  void media.close();
  showCall();
  admit.hidden = true;
  element("ante-picture", HTMLElement).hidden = true;
  element("reopen", HTMLElement).hidden = how === "over" || how === "elsewhere";
  say(status, how);
  scrollTo(0, 0);
  history.replaceState(null, "", location.pathname); // a reload begins in the waiting room
}

async function start() {
  call.prepare();
  await media.open();
  showPreview(media, "preview");
  sayTrouble(media.state);
  setStage(call);
  listen();
  tellWay(call, `/appointments/${page.dataset.appointment}/way`);
  call.enter();
  if (location.hash === "#start") askIn();
  else draw();
  admit.focus();
}

admit.addEventListener("click", askIn);
element("swap", HTMLButtonElement).addEventListener("click", () => call.room.swap());
void start();
