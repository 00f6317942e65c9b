/** Everything of the stage on one page: pictures, switches, devices, chat, files. */

import { offerDevices } from "./choose_devices.js";
import { showChat } from "./chat_panel.js";
import { closeMoreOutside, showControls } from "./controls.js";
import { element } from "./dom.js";
import { showFiles } from "./files_panel.js";
import { showPictures } from "./pictures.js";

/** @param {import("./call.js").Call} call */
export function setStage(call) {
  const texts = JSON.parse(element("stage-texts", HTMLElement).textContent ?? "{}");
  showPictures(call);
  showControls(call);
  closeMoreOutside();
  const panel = showChat(call, texts);
  showFiles(call, texts, () => panel.open(true));
  offerDevices(call.media, {
    camera: element("call-camera", HTMLSelectElement),
    microphone: element("call-microphone", HTMLSelectElement),
  });
}
