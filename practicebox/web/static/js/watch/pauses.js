/** Says beside the own picture that it is paused, and when it goes on. */

import { on } from "../call/events.js";
import { element, say } from "../stage/dom.js";

/**
 * @param {import("./care.js").Care} care
 * @param {import("../call/media.js").Media} media
 */
export function showPauses(care, media) {
  const line = element("own-said", HTMLElement);
  const draw = () => {
    const isPaused = care.rung === "sound" && (media.state.camera || media.state.screen);
    say(line, isPaused ? "paused" : "");
  };
  on(care, "rung", draw);
  on(media, "state", draw);
}
