/**
 * One consultation as a page sees it: socket, room, connection, devices, and what goes over the
 * data channels, wired to each other. Knows no elements.
 */

import { Chat } from "../call/chat.js";
import { Connection } from "../call/connection.js";
import { emit, on } from "../call/events.js";
import { Files } from "../call/files.js";
import { Introduction } from "../call/introduce.js";
import { Media } from "../call/media.js";
import { Room } from "../call/room.js";
import { Signaling } from "../call/signaling.js";
import { prepareConnection } from "../call/spare.js";
import { WakeLock } from "../call/wakelock.js";

/**
 * Events: `hung-up` (this page left or ended the consultation itself), `trouble` (detail: `{word}`,
 * see trouble.js; again and again as long as it lasts).
 */
export class Call extends EventTarget {
  introduction = new Introduction();
  chat = new Chat();
  files = new Files();
  #wakeLock = new WakeLock();

  /**
   * @param {{path: string, media: Media, name: string} & import("../call/post.js").Credential} options
   */
  constructor({ path, media, name, role, link }) {
    super();
    this.media = media;
    this.role = role;
    this.signaling = new Signaling(`${location.origin.replace(/^http/, "ws")}${path}`);
    this.room = new Room(this.signaling);
    this.connection = new Connection(this.signaling, this.room, { role, link });
    this.introduction.introduce(name);
    this.#wire();
  }

  /** Makes ready for `enter`, before anybody is told that this page is here. */
  prepare() {
    prepareConnection();
    this.signaling.prepare();
  }

  /** Goes to the waiting room or, where the door is open already, into the consultation. */
  enter() {
    const { audio, video } = this.media.tracks;
    this.connection.send("audio", audio);
    this.connection.send("video", video);
    this.introduction.tell(this.media.state);
    this.signaling.open();
  }

  /** The clinician ends it for both; the patient leaves. */
  hangUp() {
    if (this.role === "clinician") {
      this.introduction.end();
      this.room.end();
    } else {
      this.leave();
    }
    emit(this, "hung-up");
  }

  /** This page goes; the other side learns it at once. */
  leave() {
    this.introduction.bye();
    this.connection.drop();
    this.signaling.bye();
    this.#wakeLock.release();
  }

  #wire() {
    on(this.connection, "channels", (channels) => {
      this.introduction.bind(channels.control);
      this.chat.bind(channels.chat);
      this.files.bind(channels.files);
    });
    on(this.media, "track", ({ kind, track }) => this.connection.send(kind, track));
    on(this.media, "state", (state) => this.introduction.tell(state));
    on(this.introduction, "bye", () => this.connection.drop());
    on(this.introduction, "end", () => this.role === "patient" && this.room.hasEnded());
    on(this.room, "admitted", () => this.#wakeLock.hold());
    on(this.room, "ended", () => this.#wakeLock.release());
  }
}
