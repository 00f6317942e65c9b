/**
 * Brings a call back to life: after a change of network, a sleep of the device, a path that went
 * dead. Sees it before the browser does, where the browser takes ten seconds and more.
 */

import { Standstill } from "./standstill.js";

const PERIOD = 500; // milliseconds

/**
 * @param {import("../call/connection.js").Connection} connection
 * @param {import("../call/signaling.js").Signaling} signaling
 * @param {import("../call/introduce.js").Introduction} introduction
 */
export function revive(connection, signaling, introduction) {
  const standstill = new Standstill(performance.now());
  setInterval(() => {
    const isFed = isBroken(connection.state) || sends(introduction.other);
    const isThere = connection.state !== "alone";
    const word = standstill.look(connection.pulse, isThere && isFed, performance.now());
    if (word === "silent") connection.revive("silent");
    if (word === "slept") signaling.reconnect();
  }, PERIOD);
  document.addEventListener("resume", () => signaling.reconnect()); // W3C Page Lifecycle
  watchNetwork(() => connection.revive("moved"));
}

/** @param {import("../call/connection.js").Connection["state"]} state */
function isBroken(state) {
  return state === "interrupted" || state === "failed"; // also one in place of a dead one
}

/** @param {import("../call/introduce.js").State} other */
function sends({ microphone, camera, screen, paused }) {
  return microphone || ((camera || screen) && !paused);
}

/**
 * From WLAN to mobile data and back. Only phones tell the type; what other browsers call a change
 * is a new guess of the speed.
 *
 * @param {() => void} changed
 */
function watchNetwork(changed) {
  const network = /** @type {any} */ (navigator).connection;
  let type = network?.type;
  network?.addEventListener?.("change", () => {
    if (network.type === type) return;
    type = network.type;
    if (type !== "none") changed();
  });
}
