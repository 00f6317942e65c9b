/** The stage of a conference, the same for the moderator and for guests. */

import { on } from "../call/events.js";
import { showChat } from "../stage/chat_panel.js";
import { offerDevices } from "../stage/choose_devices.js";
import { closeMoreOutside, showControls } from "../stage/controls.js";
import { element } from "../stage/dom.js";
import { adapt, resize } from "./adapt.js";
import { offerLayouts } from "./layout.js";
import { watchSpeaking } from "./speaking.js";
import { Tiles } from "./tiles.js";

/**
 * @typedef {EventTarget & {chat: import("./group_chat.js").GroupChat, people: number,
 *   members: import("./member.js").Member[]}} Party - a `Guest` or a `Moderator`
 *
 * @param {Party} party
 * @param {{media: import("../call/media.js").Media, hangUp: () => void}} side
 */
export function setMeshStage(party, { media, hangUp }) {
  const texts = JSON.parse(element("stage-texts", HTMLElement).textContent ?? "{}");
  const tiles = new Tiles();
  on(party, "member", ({ member }) => tiles.add(member));
  on(party, "gone", ({ member }) => tiles.remove(member));
  showOwn(media);
  showControls({ media, hangUp });
  closeMoreOutside();
  offerLayouts();
  showChat({ chat: party.chat, introduction: new EventTarget() }, texts);
  offerDevices(media, {
    camera: element("call-camera", HTMLSelectElement),
    microphone: element("call-microphone", HTMLSelectElement),
  });
  watchSpeaking(() => party.members, tiles);
  const list = element("tiles", HTMLElement);
  adapt(
    () => party.members.flatMap(({ peer }) => peer ?? []),
    () => party.people,
    (step) => {
      list.dataset.step = String(step);
      resize(media.tracks.video, step);
    },
  );
}

/** @param {import("../call/media.js").Media} media */
function showOwn(media) {
  const own = element("own", HTMLVideoElement);
  const tile = element("own-tile", HTMLElement);
  const draw = () => {
    if (own.srcObject !== media.stream) own.srcObject = media.stream;
    tile.classList.toggle("is-sharing", media.state.screen);
    element("sharing", HTMLElement).hidden = !media.state.screen;
  };
  on(media, "state", draw);
  draw();
}
