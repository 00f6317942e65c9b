/**
 * The pictures of a conference, one tile for each member: who it is, whether they speak, what is
 * switched off. Knows no connections.
 */

import { on } from "../call/events.js";
import { play } from "../call/playback.js";
import { copyOf, element, part, say } from "../stage/dom.js";

/** @typedef {import("./member.js").Member} Member */

export class Tiles {
  #tiles = /** @type {Map<Member, HTMLElement>} */ (new Map());
  #list = element("tiles", HTMLElement);
  #sound = element("sound", HTMLButtonElement);
  #main = /** @type {Member | null} */ (null);
  #second = /** @type {Member | null} */ (null);

  constructor() {
    this.#sound.addEventListener("click", () => this.#playAll());
    this.#arrange();
  }

  /** @param {Member} member */
  add(member) {
    if (this.#tiles.has(member)) return;
    const tile = copyOf("tile-template");
    tile.dataset.member = member.id;
    this.#tiles.set(member, tile);
    on(member, "changed", () => this.#draw(member, tile));
    element("own-tile", HTMLElement).before(tile);
    this.#draw(member, tile);
    this.#arrange();
  }

  /** @param {Member} member */
  remove(member) {
    const tile = this.#tiles.get(member);
    if (!tile) return;
    part(tile, "video", HTMLVideoElement).srcObject = null;
    tile.remove();
    this.#tiles.delete(member);
    if (this.#main === member) this.#main = null;
    if (this.#second === member) this.#second = null;
    this.#arrange();
  }

  /** @param {Member} member @param {boolean} isSpeaking */
  mark(member, isSpeaking) {
    this.#tiles.get(member)?.classList.toggle("is-speaking", isSpeaking);
  }

  /** @param {Member} member - is to be seen best from now on */
  feature(member) {
    if (member === this.#main || !this.#tiles.has(member)) return;
    this.#second = this.#main;
    this.#main = member;
    this.#arrange();
  }

  /** Which tiles are large; who shares a screen before who speaks. */
  #arrange() {
    const members = [...this.#tiles.keys()];
    const sharing = members.find(({ switches }) => switches.screen);
    const main = sharing ?? this.#main ?? members[0];
    const second = [this.#main, this.#second, ...members].find((each) => each && each !== main);
    for (const [member, tile] of this.#tiles) {
      tile.classList.toggle("is-main", member === main);
      tile.classList.toggle("is-second", member === second);
    }
    this.#list.dataset.count = String(members.length + 1);
    element("own-tile", HTMLElement).classList.toggle("is-second", !second);
  }

  /** @param {Member} member @param {HTMLElement} tile */
  #draw(member, tile) {
    const { person, state, switches, stream } = member;
    const hadScreen = tile.classList.contains("is-screen");
    part(tile, ".tile-name", HTMLElement).textContent = person.name;
    const role = part(tile, ".tile-role", HTMLElement);
    const beside = person.present.length - 1; // in the room there; the panel has their names
    role.textContent = beside > 0 ? `${person.role} +${beside}` : person.role;
    role.title = person.present.join(", ");
    part(tile, "video", HTMLVideoElement).setAttribute("aria-label", person.name);
    say(part(tile, ".tile-said", HTMLElement), state === "connected" ? spoken(switches) : state);
    part(tile, ".tile-screen", HTMLElement).hidden = !switches.screen;
    tile.classList.toggle("is-screen", switches.screen);
    tile.classList.toggle("is-muted", !switches.microphone);
    if (hadScreen !== switches.screen) this.#arrange();
    const video = part(tile, "video", HTMLVideoElement);
    if (stream && video.srcObject !== stream) {
      video.srcObject = stream;
      void this.#play(video);
    }
  }

  /** @param {HTMLVideoElement} video */
  async #play(video) {
    if ((await play(video)) === "silent") this.#sound.hidden = false;
  }

  #playAll() {
    this.#sound.hidden = true;
    for (const tile of this.#tiles.values()) void this.#play(part(tile, "video", HTMLVideoElement));
  }
}

/** @param {import("../call/introduce.js").State} switches */
function spoken({ camera, screen, microphone }) {
  if (!camera && !screen) return "noPicture";
  return microphone ? "" : "muted";
}
