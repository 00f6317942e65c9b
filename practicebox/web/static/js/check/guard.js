/**
 * Keeps people from starting inside another app's browser, before any permission is asked (N5).
 */

import { element, say } from "../stage/dom.js";
import { kept } from "../patient/secret.js";
import { isCapable, present } from "./browser.js";

/**
 * Shows the way out, if this is no browser of its own; otherwise, or if the patient insists, goes on.
 *
 * @param {() => void} goOn
 */
export function guard(goOn) {
  const { app: named, system } = present();
  const isPhone = system === "ios" || system === "android";
  // A phone's own browsers have all it takes; without HTTPS even they hide it.
  const isBare = isPhone && isSecureContext && !isCapable();
  const app = isBare ? (named ?? "") : named;
  if (app === null) {
    goOn();
    return;
  }
  say(element("guard-title", HTMLElement), system === "ios" ? "ios" : "other");
  say(element("guard-app", HTMLElement), app ? "named" : "unknown", { app });
  const section = element("guard", HTMLElement);
  for (const part of section.querySelectorAll("[data-system]")) {
    const special = /** @type {HTMLElement} */ (part);
    special.hidden = special.dataset.system !== system;
  }
  offerAddress(address());
  element("guard-anyway", HTMLElement).hidden = !isCapable();
  element("guard-go-on", HTMLButtonElement).addEventListener("click", () => {
    section.hidden = true;
    goOn();
  });
  section.hidden = false;
  element("guard-title", HTMLElement).focus();
}

/** The letter's link, if this tab was opened with it: a page elsewhere knows nothing of this one. */
function address() {
  const link = kept();
  return link ? `${location.origin}/v#1.${link.rid}.${link.secret}` : location.href;
}

/** @param {string} url */
function offerAddress(url) {
  const field = element("guard-address", HTMLInputElement);
  field.value = url;
  const { protocol } = location;
  const bare = url.slice(protocol.length);
  // Android opens such an address in the app named in it (Chrome for Android, "intents").
  element("guard-open", HTMLAnchorElement).href =
    `intent:${bare.replace("#", "%23")}#Intent;scheme=${protocol.slice(0, -1)};` +
    "package=com.android.chrome;end";
  const button = element("guard-copy", HTMLButtonElement);
  button.addEventListener("click", async () => {
    const isCopied = await copy(field);
    const { copied = "", byHand = "" } = button.dataset;
    element("guard-status", HTMLElement).textContent = isCopied ? copied : byHand;
  });
}

/** @param {HTMLInputElement} field */
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select(); // many of these browsers have no clipboard for pages
    return document.execCommand("copy");
  }
}
