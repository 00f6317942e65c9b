/**
 * The last rungs of the rescue ladder: what is wrong, in words, and the telephone. On the patient's
 * page one button asks for the call; the clinician's page has a form of its own for it.
 */

import { emit, on } from "../call/events.js";
import { element, say } from "../stage/dom.js";
import { trouble } from "./trouble.js";

const PERIOD = 500; // milliseconds

/** @param {import("../stage/call.js").Call} call */
export function showRescue(call) {
  const { connection, room, signaling } = call;
  const card = element("rescue", HTMLElement);
  const facts = { hasBeen: connection.state === "connected", hasRelay: room.hasRelay, lost: 0 };
  let isAsked = false;
  on(signaling, "lost", () => (facts.lost ||= performance.now()));
  on(room, "welcome", () => {
    facts.lost = 0;
    facts.hasRelay = room.hasRelay;
  });
  const draw = () => {
    const isConnected = connection.state === "connected";
    facts.hasBeen ||= isConnected;
    const offline = facts.lost && performance.now() - facts.lost;
    const word = trouble({ ...facts, isConnected, wait: connection.wait, offline });
    const isIn = !signaling.isOver && !room.isOver && room.place === "here";
    show(card, isIn ? word : "", isAsked);
    if (isIn && word) emit(call, "trouble", { word });
    if (isConnected && isAsked) room.askForCall((isAsked = false)); // they see each other again
  };
  document.getElementById("call-me")?.addEventListener("click", () => {
    room.askForCall((isAsked = true));
    draw();
    element("rescue-title", HTMLElement).focus();
  });
  setInterval(draw, PERIOD);
}

/**
 * @param {HTMLElement} card
 * @param {import("./trouble.js").Trouble} word
 * @param {boolean} isAsked - the practice has been asked to call
 */
function show(card, word, isAsked) {
  card.hidden = !word;
  if (!word) return;
  say(element("rescue-title", HTMLElement), isAsked ? "asked" : word);
  say(element("rescue-text", HTMLElement), isAsked && word === "offline" ? "unsaid" : isAsked ? "asked" : word);
  const button = document.getElementById("call-me");
  if (button) button.hidden = isAsked;
}
