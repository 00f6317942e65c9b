/**
 * A guest's half of a conference: the way to the moderator is the ordinary call, the ways to the
 * others are links that the moderator's page introduces (docs/protocol.md, section 7). The box can
 * put nobody in: what it says reaches none of this.
 *
 * Events: `member` and `gone` (detail: `{member}`), `mute-wished`.
 */

import { Chat } from "../call/chat.js";
import { emit, on } from "../call/events.js";
import { newId } from "../call/identity.js";
import { GroupChat } from "./group_chat.js";
import { Link } from "./link.js";
import { Member } from "./member.js";
import { names, openMesh, say, shortText } from "./wire.js";

const MOST = 8; // others in a conference

/**
 * @typedef {object} Other
 * @property {Link} link
 * @property {Member} member
 * @property {Chat} chat
 */

export class Guest extends EventTarget {
  chat = new GroupChat();
  /** In the conference, all in all. */
  people = 2;
  moderator;
  #call;
  #name;
  #present;
  #channel = /** @type {RTCDataChannel | null} */ (null);
  #isNew = false; // the channel: what was on its way over the one before may be lost
  #ice = /** @type {RTCIceServer[]} */ ([]);
  #entry = newId();
  #others = /** @type {Map<string, Other>} */ (new Map());
  #chats = /** @type {Map<string, Chat>} */ (new Map()); // by seat: a reload is the same person

  /**
   * @param {import("../stage/call.js").Call} call - not entered yet
   * @param {{name: string, present: string[], practice: string}} options - `practice`: its role
   */
  constructor(call, { name, present, practice }) {
    super();
    this.#call = call;
    this.#name = name;
    this.#present = present;
    const clinician = { name: "", role: practice, present: [] };
    this.moderator = new Member("moderator", clinician, call.introduction);
    this.chat.add(call.chat, () => this.moderator.person.name);
    on(call.introduction, "introduced", ({ name: said }) =>
      this.moderator.rename({ ...this.moderator.person, name: said }),
    );
    on(call.room, "welcome", ({ ice }) => this.#learn(ice));
    on(call.room, "admitted", () => this.#enter());
    on(call.room, "back", () => this.#leave());
    on(call.room, "ended", () => this.#leave());
    on(call, "hung-up", () => this.#leave());
    on(call.connection, "peer", ({ peer }) => this.#follow(peer));
    on(call.signaling, "closed", () => this.#leave());
    on(call.media, "track", ({ kind, track }) => this.#each(({ link }) => link.attach(kind, track)));
    on(call.media, "state", (state) => this.#each(({ link }) => link.introduction.tell(state)));
  }

  get members() {
    return [this.moderator, ...[...this.#others.values()].map(({ member }) => member)];
  }

  /** @param {import("../call/peer.js").Peer} peer - to the moderator */
  #follow(peer) {
    this.moderator.follow(peer);
    openMesh(peer, {
      opened: (channel) => {
        this.#channel = channel;
        this.#isNew = true;
        this.#sayHere();
      },
      read: (message) => this.#call.room.isAdmitted && this.#read(message),
    });
  }

  #enter() {
    emit(this, "member", { member: this.moderator });
    this.#sayHere();
  }

  #sayHere() {
    if (!this.#call.room.isAdmitted) return;
    say(this.#channel, { kind: "here", entry: this.#entry, present: this.#present });
  }

  /** Out of the conference; whoever is asked in again is somebody new to the others. */
  #leave() {
    for (const id of [...this.#others.keys()]) this.#remove(id);
    this.#entry = newId();
    this.people = 2;
  }

  /** @param {RTCIceServer[]} ice */
  #learn(ice) {
    this.#ice = ice;
    this.#each(({ link }) => link.peer?.learn(ice));
  }

  /** @param {Record<string, unknown>} message - from the moderator's page */
  #read(message) {
    if (message.kind === "roster") this.#meet(message);
    if (message.kind === "pass") this.#take(String(message.from), message.content);
    if (message.kind === "gone") this.#remove(String(message.id));
    if (message.kind === "mute") emit(this, "mute-wished");
    if (message.kind === "back") this.#call.room.hasGoneBack();
  }

  /** @param {Record<string, unknown>} roster */
  #meet({ you, members, people, present, renewed }) {
    if (typeof you !== "string" || !Array.isArray(members)) return;
    if (seatOf(you) === you || !you.endsWith(`:${this.#entry}`)) return; // of an earlier entry
    this.people = Number(people) || members.length + 2;
    this.moderator.rename({ ...this.moderator.person, present: names(present) });
    for (const { id, name, role, present: there } of members.slice(0, MOST)) {
      if (typeof id !== "string" || id === you) continue;
      const person = { name: shortText(name), role: shortText(role), present: names(there) };
      const known = this.#others.get(id);
      if (known) known.member.rename(person);
      else this.#add(you, id, person);
      if (!known || this.#isNew || id === renewed) this.#others.get(id)?.link.meet();
    }
    this.#isNew = false;
  }

  /** @param {string} you @param {string} id @param {import("./member.js").Person} person */
  #add(you, id, person) {
    const seat = seatOf(id);
    for (const old of this.#others.keys()) if (seatOf(old) === seat) this.#remove(old);
    if (this.#others.size >= MOST) return;
    const link = new Link({
      builds: you < id,
      ice: () => this.#ice,
      media: this.#call.media,
      name: this.#name,
      send: (content) => say(this.#channel, { kind: "pass", to: id, content }),
    });
    const member = new Member(id, person, link.introduction);
    const chat = this.#chats.get(seat) ?? new Chat();
    this.#chats.set(seat, chat);
    this.#others.set(id, { link, member, chat });
    this.chat.add(chat, () => member.person.name);
    on(link, "peer", ({ peer }) => {
      if (peer) chat.bind(peer.channels.chat);
      member.follow(peer);
    });
    emit(this, "member", { member });
  }

  /** @param {string} id */
  #remove(id) {
    const other = this.#others.get(id);
    if (!other) return;
    this.#others.delete(id);
    this.chat.remove(other.chat);
    other.link.close();
    emit(this, "gone", { member: other.member });
  }

  /** @param {string} from @param {unknown} content */
  #take(from, content) {
    if (content === null || typeof content !== "object") return;
    this.#others.get(from)?.link.take(/** @type {import("./link.js").Payload} */ (content));
  }

  /** @param {(other: Other) => void} does */
  #each(does) {
    for (const other of this.#others.values()) does(other);
  }
}

/** @param {string} id - of a member: the seat, and the entry that its page has chosen */
function seatOf(id) {
  return id.split(":")[0];
}
