/**
 * The microphones, cameras and loudspeakers to choose from. Browsers tell their names only after
 * microphone or camera were allowed.
 *
 * Events: `changed` (one was plugged in or out).
 */

import { emit } from "./events.js";

/**
 * @typedef {{id: string, label: string}} Device
 * @typedef {Record<"microphones" | "cameras" | "speakers", Device[]>} DeviceList
 */

export class Devices extends EventTarget {
  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => emit(this, "changed"));
  }

  /** @returns {Promise<DeviceList>} */
  async list() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const of = (/** @type {MediaDeviceKind} */ kind) =>
      all
        .filter((device) => device.kind === kind && device.deviceId)
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    return {
      microphones: of("audioinput"),
      cameras: of("videoinput"),
      speakers: of("audiooutput"),
    };
  }
}

export function canChooseSpeaker() {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/**
 * @param {HTMLMediaElement} element
 * @param {string} id - of the loudspeaker; "" is the system's
 * @returns {Promise<boolean>} whether it plays there now
 */
export async function chooseSpeaker(element, id) {
  try {
    await element.setSinkId(id);
    return true;
  } catch {
    return false; // unplugged, or not allowed
  }
}
