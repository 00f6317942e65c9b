/**
 * Somebody of the conference as this page shows them: who it is, their picture, their switches.
 * Whether the way to them is a pair's connection or a guest's link makes no difference here.
 *
 * Events: `changed`.
 */

import { emit, on } from "../call/events.js";

/**
 * @typedef {import("../call/peer.js").Peer} Peer
 * @typedef {object} Person
 * @property {string} name
 * @property {string} role - in words
 * @property {string[]} present - who is in the room there
 */

export class Member extends EventTarget {
  /** @type {Peer | null} */
  peer = null;
  /** @type {MediaStream | null} */
  stream = null;
  state = "connecting";
  /** @type {Person} */
  person;
  #introduction;

  /** @param {string} id @param {Person} person @param {import("../call/introduce.js").Introduction} introduction */
  constructor(id, person, introduction) {
    super();
    this.id = id;
    this.person = person;
    this.#introduction = introduction;
    on(introduction, "state", () => emit(this, "changed"));
  }

  get switches() {
    return this.#introduction.other;
  }

  /** @param {Person} person */
  rename(person) {
    this.person = person;
    emit(this, "changed");
  }

  /** @param {Peer | null} peer */
  follow(peer) {
    this.peer = peer;
    this.state = peer?.state ?? "alone";
    if (peer) {
      on(peer, "state", ({ state }) => peer === this.peer && this.#become(state));
      on(peer, "remote", ({ stream }) => peer === this.peer && this.#show(stream));
    }
    emit(this, "changed");
  }

  /** @param {string} state */
  #become(state) {
    this.state = state;
    emit(this, "changed");
  }

  /** @param {MediaStream} stream */
  #show(stream) {
    this.stream = stream;
    emit(this, "changed");
  }
}
