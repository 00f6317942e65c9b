/**
 * The two pictures: who is seen, and what stands in front of it while nobody is.
 */

import { on } from "../call/events.js";
import { play } from "../call/playback.js";
import { element, say } from "./dom.js";

/** @param {import("./call.js").Call} call */
export function showPictures(call) {
  const remote = element("remote", HTMLVideoElement);
  const own = element("own", HTMLVideoElement);
  const curtain = element("curtain", HTMLElement);
  const sound = element("sound", HTMLButtonElement);
  let other = { microphone: true, camera: true, screen: false, paused: false };

  own.srcObject = call.media.stream;
  const draw = () => {
    const { state } = call.connection;
    const words = state === "connected" ? spoken(other) : state;
    curtain.classList.toggle("is-low", words === "muted");
    say(curtain, words);
  };
  const start = async () => {
    sound.hidden = (await play(remote)) === "playing";
  };

  on(call.connection, "remote", ({ stream }) => {
    if (remote.srcObject === stream) return;
    remote.srcObject = stream;
    if (stream) void start();
  });
  on(call.connection, "state", draw);
  on(call.introduction, "state", (state) => {
    other = state;
    draw();
  });
  on(call.introduction, "introduced", ({ name }) => {
    const line = element("other-name", HTMLElement);
    line.textContent = name;
    line.hidden = !name;
  });
  on(call.media, "state", ({ screen }) => {
    own.classList.toggle("is-screen", screen);
    if (own.srcObject !== call.media.stream) own.srcObject = call.media.stream;
  });
  sound.addEventListener("click", start);
  draw();
}

/** @param {{microphone: boolean, camera: boolean, screen: boolean, paused: boolean}} other */
function spoken({ microphone, camera, screen, paused }) {
  if (!camera && !screen) return "noPicture";
  if (paused) return "paused";
  return microphone ? "" : "muted";
}
