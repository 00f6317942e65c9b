/**
 * The moderator's half of a conference: an ordinary call with each guest, and the introductions
 * among them (docs/protocol.md, section 7). Offers and answers of two guests pass through here
 * unread, over channels that the box can't see; nobody is ever named to another whom the person at
 * this page hasn't asked in, whatever the box says.
 *
 * Events: `member` and `gone` (detail: `{member}`), `seat` (detail: `{seat}`: something changed).
 */

import { emit, on } from "../call/events.js";
import { GroupChat } from "./group_chat.js";
import { Member } from "./member.js";
import { names, openMesh, say } from "./wire.js";

const ENTRY = /^[0-9a-f]{16}$/;

/**
 * @typedef {object} Seat - of one guest, whoever sits there
 * @property {string} id
 * @property {string} name - as the practice knows them
 * @property {string} role - in words
 * @property {import("../stage/call.js").Call | null} call - null while their door is closed
 * @property {boolean} isThere
 * @property {boolean} isAsked - in, at this page
 * @property {string | null} number - to compare where a code was typed; empty with a letter
 * @property {string} entry - of the page that sits there; empty before it was asked in
 * @property {string[]} present
 * @property {RTCDataChannel | null} channel
 * @property {Member | null} member
 */

export class Moderator extends EventTarget {
  chat = new GroupChat();
  /** @type {string[]} who is in the room here */
  present = [];
  #seats;

  /** @param {Seat[]} seats */
  constructor(seats) {
    super();
    this.#seats = seats;
    for (const seat of seats) if (seat.call) this.#wire(seat, seat.call);
  }

  get seats() {
    return this.#seats;
  }

  get members() {
    return this.#inside.flatMap(({ member }) => member ?? []);
  }

  get people() {
    return this.#inside.length + 1;
  }

  /** @param {Seat} seat */
  admit(seat) {
    seat.isAsked = true;
    seat.call?.room.admit();
    this.#refresh(seat); // the box may have let them in already, at another workstation
  }

  /** @param {Seat} seat */
  putBack(seat) {
    seat.isAsked = false;
    say(seat.channel, { kind: "back" });
    seat.call?.room.back();
  }

  /** @param {Seat} seat */
  askToMute(seat) {
    say(seat.channel, { kind: "mute" });
  }

  /** For everybody, whoever waits among them. */
  end() {
    for (const { call } of this.#seats) call?.hangUp();
  }

  /**
   * Tells everybody once more who is here.
   *
   * @param {string} [renewed] - who has a new channel: what was on its way to them may be lost
   */
  tell(renewed) {
    const inside = this.#inside;
    for (const seat of inside) {
      const members = inside
        .filter((other) => other !== seat)
        .map((other) => ({ id: idOf(other), name: other.name, role: other.role, present: other.present }));
      const { present, people } = this;
      say(seat.channel, { kind: "roster", you: idOf(seat), members, present, people, renewed });
    }
  }

  get #inside() {
    return this.#seats.filter(
      ({ call, isAsked, entry }) => isAsked && call?.room.isAdmitted && entry,
    );
  }

  /** @param {Seat} seat @param {import("../stage/call.js").Call} call */
  #wire(seat, call) {
    const { connection, room, signaling, introduction } = call;
    const changed = () => emit(this, "seat", { seat });
    seat.member = new Member(seat.id, seat, introduction);
    this.chat.add(call.chat, () => seat.name);
    on(connection, "peer", ({ peer }) => this.#follow(seat, peer));
    on(connection, "state", ({ state }) => state === "alone" && this.#out(seat));
    on(connection, "secured", ({ number }) => {
      seat.number = number;
      changed();
    });
    on(signaling, "peer", () => {
      seat.isThere = true;
      changed();
    });
    on(signaling, "peer-left", () => {
      seat.isThere = false;
      changed();
    });
    on(signaling, "closed", () => this.#out(seat));
    on(room, "admitted", () => this.#refresh(seat));
    on(room, "back", () => {
      seat.isAsked = false;
      this.#out(seat);
    });
    on(room, "ended", () => {
      this.#out(seat);
      call.leave();
    });
  }

  /** @param {Seat} seat @param {import("../call/peer.js").Peer} peer */
  #follow(seat, peer) {
    seat.member?.follow(peer);
    openMesh(peer, {
      opened: (channel) => (seat.channel = channel),
      read: (message, channel) => this.#read(seat, message, channel),
    });
  }

  /** @param {Seat} seat @param {Record<string, unknown>} message @param {RTCDataChannel} channel */
  #read(seat, message, channel) {
    if (seat.channel !== channel) return; // of a connection that another one has replaced
    if (message.kind === "here") this.#here(seat, message);
    if (message.kind === "pass") this.#pass(seat, message);
  }

  /** @param {Seat} seat @param {Record<string, unknown>} message */
  #here(seat, { entry, present }) {
    if (typeof entry !== "string" || !ENTRY.test(entry)) return;
    if (seat.entry && seat.entry !== entry) this.#forget(seat);
    seat.entry = entry;
    seat.present = names(present);
    this.#refresh(seat);
  }

  /** @param {Seat} seat @param {Record<string, unknown>} message */
  #pass(seat, { to, content }) {
    const inside = this.#inside;
    const other = inside.find((each) => idOf(each) === to);
    if (!other || other === seat || !inside.includes(seat)) return;
    say(other.channel, { kind: "pass", from: idOf(seat), content });
  }

  /** @param {Seat} seat */
  #refresh(seat) {
    emit(this, "seat", { seat });
    if (!this.#inside.includes(seat) || !seat.member) return;
    seat.member.rename(seat);
    emit(this, "member", { member: seat.member });
    this.tell(idOf(seat));
  }

  /** Not among the others any more. @param {Seat} seat */
  #out(seat) {
    this.#forget(seat);
    if (seat.member) emit(this, "gone", { member: seat.member });
    emit(this, "seat", { seat });
  }

  /** @param {Seat} seat */
  #forget(seat) {
    if (!seat.entry) return;
    const id = idOf(seat);
    seat.entry = "";
    for (const other of this.#inside) say(other.channel, { kind: "gone", id });
    this.tell();
  }
}

/** @param {Seat} seat */
function idOf({ id, entry }) {
  return `${id}:${entry}`;
}
