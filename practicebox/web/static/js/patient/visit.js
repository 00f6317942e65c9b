/**
 * A patient's visit, from the explanation of the camera to the goodbye. The page stays the same all
 * the way, because a connection does not survive a change of page.
 */

import { on } from "../call/events.js";
import { Media } from "../call/media.js";
import { Call } from "../stage/call.js";
import { offerDevices } from "../stage/choose_devices.js";
import { element, say } from "../stage/dom.js";
import { sayTrouble, showPreview } from "../stage/preview.js";
import { setStage } from "../stage/stage.js";
import { cameByLink, forget, isInside, remember } from "./memory.js";
import { sayIfEarly } from "./opening.js";
import { kept } from "./secret.js";
import { show, wasInside } from "./steps.js";

/** @typedef {"ended" | "phone" | "left" | "elsewhere" | "closed"} Ending */

// Close codes of docs/protocol.md, section 1; after any other one may simply come back.
const ENDINGS = /** @type {Record<number, Ending>} */ ({ 4409: "elsewhere", 4410: "closed" });

const visit = element("visit", HTMLElement);
const media = new Media();
let preview = /** @type {{stop: () => void} | null} */ (null);
let present = /** @type {Call | null} */ (null);
let place = "here";
let isThere = false; // the clinician
let conference = /** @type {typeof import("../mesh/patient.js") | null} */ (null);

async function turnOn() {
  await media.open();
  preview ??= showPreview(media, "preview");
  offerDevices(media, {
    camera: element("camera", HTMLSelectElement),
    microphone: element("microphone", HTMLSelectElement),
  });
  show("preview");
  showTrouble();
}

function showTrouble() {
  const heard = sayTrouble(media.state);
  element("retry", HTMLButtonElement).hidden = heard && media.state.camera;
  const isEarly = sayIfEarly(element("too-early", HTMLElement), visit.dataset, showTrouble);
  if (heard && !isEarly) theCall().prepare();
  element("enter", HTMLButtonElement).disabled = !heard || isEarly;
}

function theCall() {
  const name = sessionStorage.getItem("name") ?? "";
  present ??= new Call({ path: "/visit/signal", media, name, role: "patient", link: kept() });
  return present;
}

function enter() {
  if (conference && !wasInside() && !conference.isIntroduced()) return;
  preview?.stop();
  const call = theCall();
  listen(call);
  if (conference) conference.setStage(call); // before anything can happen
  call.enter();
  if (!conference) setStage(call);
  goTo("waiting");
  sayWhatGoesOn("alone");
}

/** @param {"waiting" | "call"} step */
function goTo(step) {
  const isWaiting = step === "waiting";
  element("waiting-preview", HTMLVideoElement).srcObject = isWaiting ? media.stream : null;
  show(step);
  remember(visit.dataset);
}

/** @param {Call} call */
function listen(call) {
  on(call.signaling, "peer", () => sayWhatGoesOn("there", true));
  on(call.signaling, "peer-left", () => sayWhatGoesOn("alone", false));
  on(call.signaling, "lost", () => sayWhatGoesOn("lost"));
  on(call.signaling, "closed", ({ code }) => finish(ENDINGS[code] ?? "left"));
  on(call.room, "welcome", (welcome) => {
    place = welcome.place;
    sayWhatGoesOn(isThere ? "there" : "alone");
  });
  on(call.room, "place", (moved) => {
    place = moved.place;
    if (place === "second") goTo("waiting");
    sayWhatGoesOn("alone");
  });
  on(call.room, "delayed", ({ minutes }) => sayDelay(minutes));
  on(call.room, "admitted", () => goTo("call"));
  on(call.room, "back", () => goTo("waiting"));
  on(call.room, "ended", ({ how }) => {
    call.leave();
    finish(how === "phone" ? "phone" : "ended");
  });
  on(call, "hung-up", () => finish("left"));
  element("leave", HTMLButtonElement).addEventListener("click", () => call.hangUp());
}

/** @param {string} word @param {boolean} [there] */
function sayWhatGoesOn(word, there = isThere) {
  isThere = there;
  say(element("waiting-status", HTMLElement), place === "second" ? "second" : word);
}

/** @param {number} minutes - 0 if it gets no later than planned */
function sayDelay(minutes) {
  const late = element("late", HTMLElement);
  late.hidden = minutes === 0;
  late.textContent = (late.dataset.words ?? "").replace("{minutes}", String(minutes));
}

/** @param {Ending} how */
function finish(how) {
  void media.close();
  if (how !== "elsewhere") forget(); // there it goes on
  show("ended");
  const title = element("ended-title", HTMLElement);
  say(title, how);
  say(element("ended-text", HTMLElement), how);
  element("again", HTMLButtonElement).hidden = how !== "left";
  title.focus();
  if (how === "ended" || how === "closed") void askToConfirm();
}

/** Afterwards only: until the call stands, every byte counts. */
async function askToConfirm() {
  const confirmation = await import("./confirmation.js");
  await confirmation.ask();
}

async function start() {
  if (visit.dataset.phase === "over") {
    finish("closed"); // the link of the letter, which still confirms
    return;
  }
  const returns = isInside("visit", visit.dataset.visit ?? ""); // in another tab, now closed
  const isKnown = sessionStorage.getItem("name") || returns;
  if (!isKnown || (cameByLink() && !kept())) {
    location.replace("/"); // name and link are asked there and live in this tab only
    return;
  }
  if (visit.dataset.conference) conference = await import("../mesh/patient.js");
  if (!(wasInside() || returns) || visit.dataset.phase !== "open") {
    show("explain");
    return;
  }
  await media.open();
  if (media.state.microphone) enter();
  else await turnOn();
}

element("allow", HTMLButtonElement).addEventListener("click", turnOn);
element("retry", HTMLButtonElement).addEventListener("click", turnOn);
element("enter", HTMLButtonElement).addEventListener("click", enter);
element("again", HTMLButtonElement).addEventListener("click", () => {
  sessionStorage.setItem("step", "waiting");
  location.reload();
});
void start();
