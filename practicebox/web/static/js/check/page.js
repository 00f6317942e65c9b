/**
 * The technical check from the first tap to the verdict. The network is measured in the background
 * while the patient looks at the picture, speaks, and answers.
 */

import { captureBoth } from "../call/capture.js";
import { element } from "../stage/dom.js";
import { isCapable, present } from "./browser.js";
import { checkDevices } from "./device_steps.js";
import { checkEcho } from "./echo_step.js";
import { guard } from "./guard.js";
import { checkNetwork } from "./network_steps.js";
import { showVerdicts } from "./remedies.js";
import { judge, nothingYet } from "./verdict.js";
import { note, show, showPanel } from "./view.js";

/** @typedef {import("./verdict.js").Findings} Findings */

const STEPS = ["camera", "microphone", "sound", "stun", "udp", "tcp", "tls", "down", "up", "echo"];

async function run() {
  const found = nothingYet();
  for (const step of STEPS) note(step, "skipped");
  found.capable = isCapable();
  if (found.capable) await checkAll(found);
  await finish(found);
}

/** @param {Findings} found */
async function checkAll(found) {
  show("run");
  showPanel("ask");
  const network = checkNetwork(found);
  const { audio, video } = await captureBoth({ audio: "", video: "" });
  found.camera = video.outcome;
  found.microphone = audio.outcome;
  const tracks = [audio.track, video.track].filter((track) => track !== null);
  try {
    await checkDevices(found, audio.track, video.track);
    await network.shown();
    await checkEcho(found, tracks);
  } finally {
    for (const track of tracks) track.stop(); // the camera's light goes out
  }
}

/** @param {Findings} found */
async function finish(found) {
  const verdicts = judge(found);
  showVerdicts(verdicts);
  const line = element("echo-note", HTMLElement);
  line.textContent = line.dataset[found.echo] ?? "";
  line.hidden = !line.textContent;
  show("done");
  document.documentElement.dataset.outcome = verdicts[0];
  element("kept", HTMLElement).hidden = !(await report(verdicts[0]));
}

/** @param {string} verdict @returns {Promise<boolean>} whether it stands at an appointment now */
async function report(verdict) {
  try {
    const body = JSON.stringify({ verdict });
    const answer = await fetch("/check/result", { method: "POST", body });
    return answer.ok && (await answer.json()).kept;
  } catch {
    return false;
  }
}

function sayBrowser() {
  const { browser, system } = present();
  const line = element("browser-name", HTMLElement);
  const spell = (/** @type {string} */ word) => word[0].toUpperCase() + word.slice(1);
  const systems = /** @type {Record<string, string>} */ ({ macos: "macOS", ios: "iOS" });
  line.textContent = (line.dataset.words ?? "")
    .replace("{browser}", spell(browser))
    .replace("{system}", systems[system] ?? spell(system));
  line.hidden = browser === "other" || system === "other";
}

for (const id of ["start", "again"]) {
  element(id, HTMLButtonElement).addEventListener("click", () => void run());
}
sayBrowser();
guard(() => show("begin"));
