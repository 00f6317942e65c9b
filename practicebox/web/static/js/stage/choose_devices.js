/** Two lists: which camera and which microphone, kept right when one is plugged in or out. */

import { Devices } from "../call/devices.js";
import { on } from "../call/events.js";

/**
 * @param {import("../call/media.js").Media} media
 * @param {{camera: HTMLSelectElement, microphone: HTMLSelectElement}} lists
 */
export function offerDevices(media, { camera, microphone }) {
  const devices = new Devices();
  const refresh = async () => {
    const { cameras, microphones } = await devices.list();
    fill(camera, cameras, media.tracks.video);
    fill(microphone, microphones, media.tracks.audio);
  };
  camera.addEventListener("change", () => media.choose("video", camera.value));
  microphone.addEventListener("change", () => media.choose("audio", microphone.value));
  on(devices, "changed", refresh);
  on(media, "state", refresh);
  void refresh();
}

/**
 * @param {HTMLSelectElement} list
 * @param {import("../call/devices.js").Device[]} devices
 * @param {MediaStreamTrack | null} track - in use now
 */
function fill(list, devices, track) {
  const used = track?.getSettings().deviceId ?? list.value;
  const options = devices.map(({ id, label }, index) => {
    const option = document.createElement("option");
    option.value = id;
    option.textContent = label || `${index + 1}`;
    option.selected = id === used;
    return option;
  });
  list.replaceChildren(...options);
  list.disabled = devices.length < 2;
}
