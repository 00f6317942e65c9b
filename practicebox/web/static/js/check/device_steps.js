/**
 * The steps with the patient: own picture, microphone, test tone.
 */

import { element } from "../stage/dom.js";
import { hears, isLive, pause, playTone } from "./devices.js";
import { note, pressed, showPanel } from "./view.js";

/** @typedef {import("./verdict.js").Findings} Findings */

const LOOK = 2000; // milliseconds to see oneself

/**
 * @param {Findings} found
 * @param {MediaStreamTrack | null} microphone
 * @param {MediaStreamTrack | null} camera
 */
export async function checkDevices(found, microphone, camera) {
  if (camera) await checkCamera(found, camera);
  note("camera", found.camera === "on" ? "good" : "bad");
  if (microphone) await checkMicrophone(found, microphone);
  if (!microphone) note("microphone", "bad");
  await checkSound(found);
}

/** @param {Findings} found @param {MediaStreamTrack} camera */
async function checkCamera(found, camera) {
  showPanel("camera");
  const video = element("own", HTMLVideoElement);
  video.srcObject = new MediaStream([camera]);
  if (await isLive(video)) await pause(LOOK);
  else found.camera = "busy"; // it was given, but no picture comes: another program has it
  video.srcObject = null;
}

/** @param {Findings} found @param {MediaStreamTrack} microphone */
async function checkMicrophone(found, microphone) {
  showPanel("microphone");
  const meter = element("level", HTMLMeterElement);
  found.speech = await hears(microphone, (level) => (meter.value = level)).catch(() => null);
  if (found.speech === null) return; // this browser can't measure sound; the echo lets it be heard
  note("microphone", found.speech ? "good" : "warn");
}

/** @param {Findings} found */
async function checkSound(found) {
  showPanel("sound");
  element("sound-title", HTMLElement).focus();
  let answer = "sound-again";
  while (answer === "sound-again") {
    playTone().catch(() => {}); // no output device: then the answer is no
    answer = await pressed(["sound-yes", "sound-no", "sound-again"]);
  }
  found.sound = answer === "sound-yes";
  note("sound", found.sound ? "good" : "warn");
}
