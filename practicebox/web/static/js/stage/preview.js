/** The own picture and the level of the microphone, before anybody else sees or hears them. */

import { on } from "../call/events.js";
import { Level } from "../call/level.js";
import { element, say } from "./dom.js";

/**
 * @param {import("../call/media.js").Media} media
 * @param {string} id - of the video element
 */
export function showPreview(media, id) {
  const level = new Level();
  const meter = element("level", HTMLMeterElement);
  const video = element(id, HTMLVideoElement);
  let isShown = true;
  const follow = () => {
    if (!isShown) return;
    if (video.srcObject !== media.stream) video.srcObject = media.stream;
    level.follow(media.tracks.audio);
  };
  on(level, "level", ({ level: value }) => (meter.value = value));
  on(media, "state", follow);
  follow();
  const stop = () => {
    isShown = false;
    level.stop();
    video.srcObject = null; // a hidden picture is drawn all the same, and phones grow hot
  };
  return { stop };
}

/**
 * Says what is wrong with camera and microphone, if anything is.
 *
 * @param {import("../call/media.js").MediaState} state
 * @returns {boolean} whether the other side will hear this one
 */
export function sayTrouble({ microphone, outcome }) {
  const line = element("media-trouble", HTMLElement);
  const heard = microphone || outcome.audio === "on";
  const word = heard ? (outcome.video === "on" ? "" : "noCamera") : plain(outcome.audio);
  say(line, word);
  line.hidden = !word;
  return heard;
}

/** @param {import("../call/media.js").Outcome} outcome */
function plain(outcome) {
  return outcome === "denied" || outcome === "missing" || outcome === "busy" ? outcome : "failed";
}
