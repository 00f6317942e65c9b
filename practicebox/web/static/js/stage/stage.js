/** Everything of the stage on one page: pictures, switches, devices, chat, files. */

import { on } from "../call/events.js";
import { offerDevices } from "./choose_devices.js";
import { showChat } from "./chat_panel.js";
import { closeMoreOutside, showControls } from "./controls.js";
import { element } from "./dom.js";
import { showFiles } from "./files_panel.js";
import { showPictures } from "./pictures.js";
import { showSecured } from "./secured.js";

const LATER = 3000; // milliseconds; the call stands long before, and nobody waits for the rest

/** @param {import("./call.js").Call} call */
export function setStage(call) {
  const texts = JSON.parse(element("stage-texts", HTMLElement).textContent ?? "{}");
  showPictures(call);
  showSecured(call);
  showControls(call);
  closeMoreOutside();
  const panel = showChat(call, texts);
  showFiles(call, texts, () => panel.open(true));
  offerDevices(call.media, {
    camera: element("call-camera", HTMLSelectElement),
    microphone: element("call-microphone", HTMLSelectElement),
  });
  setTimeout(() => void watchOver(call), LATER);
}

/**
 * Loads what a call needs only when it goes on; again with the next welcome if the box is away.
 *
 * @param {import("./call.js").Call} call
 */
async function watchOver(call) {
  try {
    const { watch } = await import("../watch/watch.js");
    watch(call);
  } catch {
    const once = new AbortController();
    const again = () => {
      once.abort();
      void watchOver(call);
    };
    on(call.room, "welcome", again, once.signal);
  }
}
