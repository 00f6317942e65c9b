/**
 * The last step: the patient sees and hears what the practice would.
 */

import { on } from "../call/events.js";
import { play } from "../call/playback.js";
import { element } from "../stage/dom.js";
import { pause } from "./devices.js";
import { Echo } from "./echo.js";
import { note, pressed, showPanel } from "./view.js";

/** @typedef {import("./verdict.js").Findings} Findings */

const PATIENCE = 12_000; // milliseconds until it comes back; a small box starts the echo in some four
const LOOK = 7000; // milliseconds to look and listen
const BUSY = 1013; // close code: others have all echoes
const VOLUME = 0.6; // not so loud that the loudspeaker's sound is sent round and round

/** @param {Findings} found @param {MediaStreamTrack[]} tracks */
export async function checkEcho(found, tracks) {
  if (!tracks.length) return;
  showPanel("echo");
  const video = element("back", HTMLVideoElement);
  const echo = new Echo(tracks);
  const over = new Promise((resolve) => on(echo, "over", ({ code }) => resolve(code)));
  on(echo, "stream", (stream) => {
    video.srcObject = stream;
    video.volume = VOLUME;
    void play(video);
  });
  try {
    found.echo = await Promise.race([comesBack(echo), over.then(broken), skipped()]);
    if (found.echo === "shown") await Promise.race([pause(LOOK), over, skipped()]);
  } finally {
    echo.close();
    video.srcObject = null;
  }
  note("echo", found.echo === "shown" ? "good" : "skipped");
}

/** @param {Echo} echo @returns {Promise<"shown" | "failed">} */
async function comesBack(echo) {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    if (await echo.comesBack()) return "shown";
    await pause(100);
  }
  return "failed";
}

/** @param {unknown} code @returns {"busy" | "failed"} */
function broken(code) {
  return code === BUSY ? "busy" : "failed";
}

/** @returns {Promise<"none">} when the patient wants to go on */
async function skipped() {
  await pressed(["echo-on"]);
  return "none";
}
