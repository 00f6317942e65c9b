/**
 * The switches of a consultation and their keys: microphone, camera, screen, own picture, full
 * screen, picture in picture, end.
 */

import { on } from "../call/events.js";
import { canShareScreen } from "../call/screen.js";
import { canFullScreen, canPopOut, popOut, toggleFullScreen } from "../call/picture.js";
import { element, part, say } from "./dom.js";

const KEYS = /** @type {Record<string, string>} */ ({
  m: "toggle-microphone",
  k: "toggle-camera",
  c: "toggle-side",
  f: "fullscreen",
  h: "toggle-own",
});

/** @param {{media: import("../call/media.js").Media, hangUp: () => void}} call */
export function showControls(call) {
  const { media } = call;
  press("toggle-microphone", () => media.setMicrophone(!media.state.microphone));
  press("toggle-camera", () => media.setCamera(!media.state.camera));
  press("share", () => media.setScreen(!media.state.screen));
  press("hang-up", () => call.hangUp());
  press("toggle-own", hideOwn);
  press("fullscreen", () => toggleFullScreen(element("stage", HTMLElement)));
  const inPicture = document.getElementById("in-picture"); // not where there are several pictures
  if (inPicture) {
    press("in-picture", () => popOut(element("remote", HTMLVideoElement)));
    inPicture.hidden = !canPopOut();
  }
  element("share", HTMLButtonElement).hidden = !canShareScreen();
  element("fullscreen", HTMLButtonElement).hidden = !canFullScreen();
  on(media, "state", showState);
  document.addEventListener("keydown", (event) => onKey(event));
  showState(media.state);
}

/** @param {import("../call/media.js").MediaState} state */
function showState({ microphone, camera, screen, outcome }) {
  showSwitch("toggle-microphone", microphone);
  showSwitch("toggle-camera", camera || screen);
  showSwitch("share", screen);
  const trouble = [outcome.audio, outcome.video].find((word) => word !== "on" && word !== "off");
  say(element("stage-said", HTMLElement), trouble === "insecure" ? "failed" : (trouble ?? ""));
}

/** @param {string} id @param {boolean} isOn */
function showSwitch(id, isOn) {
  const button = element(id, HTMLButtonElement);
  button.setAttribute("aria-pressed", String(isOn));
  const text = button.querySelector(".control-text") ?? button;
  text.textContent = (isOn ? button.dataset.on : button.dataset.off) ?? "";
}

function hideOwn() {
  const button = element("toggle-own", HTMLButtonElement);
  const own = element("own", HTMLVideoElement);
  own.hidden = !own.hidden;
  button.setAttribute("aria-pressed", String(own.hidden));
}

/** @param {string} id @param {() => unknown} action */
function press(id, action) {
  element(id, HTMLButtonElement).addEventListener("click", () => void action());
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const isTyping = target.matches("input, textarea, select") || target.isContentEditable;
  const isShown = element("stage", HTMLElement).checkVisibility();
  if (isTyping || !isShown || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") element("more", HTMLDetailsElement).open = false;
  const id = KEYS[event.key.toLowerCase()];
  if (id) element(id, HTMLButtonElement).click();
}

/** Closes the panel "More" when something else is clicked. */
export function closeMoreOutside() {
  const more = element("more", HTMLDetailsElement);
  document.addEventListener("click", (event) => {
    if (more.open && !more.contains(/** @type {Node} */ (event.target))) more.open = false;
  });
  part(more, "summary", HTMLElement).setAttribute("role", "button");
}
