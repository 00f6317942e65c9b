/**
 * A phone call takes microphone and camera away from the page, and some systems never give them
 * back: one big button takes them again. Tries it by itself when the page is looked at once more.
 */

import { on } from "../call/events.js";
import { element } from "../stage/dom.js";

/** @param {import("../stage/call.js").Call} call */
export function offerReconnection({ media, connection }) {
  const card = element("reconnect-card", HTMLElement);
  const taken = /** @type {Set<string>} */ (new Set());
  const show = () => (card.hidden = taken.size === 0);
  const again = async () => {
    await media.open();
    connection.revive("moved"); // the network may be another after a call
    void element("remote", HTMLVideoElement).play().catch(() => {}); // paused by the call as well
    if (media.state.outcome.audio === "on") taken.clear();
    show();
  };
  on(media, "silenced", ({ kind }) => {
    taken.add(kind);
    show();
  });
  on(media, "restored", ({ kind }) => {
    taken.delete(kind);
    show();
  });
  for (const [kind, track] of Object.entries(media.tracks)) {
    if (track?.muted) taken.add(kind); // it was so before this module came
  }
  show();
  element("reconnect", HTMLButtonElement).addEventListener("click", again);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && taken.size) void again();
  });
}
