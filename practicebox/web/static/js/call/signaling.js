/**
 * The WebSocket to the box (docs/protocol.md, section 1). Knows frames and reconnection, nothing
 * of WebRTC.
 *
 * Events: every control message of the box under its kind (`welcome`, `peer`, `peer-left`,
 * `admitted`, `back`, `ended`, `place`, `second`, `call-me`, `delayed`; detail: the message), `payload` (detail: ArrayBuffer),
 * `lost` (the socket is gone and will be opened again), `closed` (detail: `{code}`; for good).
 */

import { emit } from "./events.js";
import { newId } from "./identity.js";
import { watchPage } from "./pagelife.js";

const FIRST_DELAY = 50; // milliseconds; doubles up to LONGEST_DELAY until a welcome arrives
const LONGEST_DELAY = 1000; // a relayed call waits for it when the box is back
const OPENING_LIMIT = 10_000; // milliseconds for TCP, TLS, handshake; lost SYNs cost 1, 3, 7 s
const FINAL_CODES = new Set([1009, 4400, 4409, 4410, 4429]); // asking again would change nothing
const YOUNG = 2000; // milliseconds in which a socket that is being opened is left alone
const KINDS = new Set([
  ...["welcome", "peer", "peer-left", "admitted", "ended", "place", "second", "call-me", "delayed"],
  "back",
]);

export class Signaling extends EventTarget {
  #url;
  #socket = /** @type {WebSocket | null} */ (null);
  #delay = FIRST_DELAY;
  #timer = 0;
  #began = 0; // when the socket was begun, by performance.now()
  #isEntered = false;
  #over = new AbortController();

  /**
   * @param {string} url - ws: or wss:
   * @param {string} [instance] - of this page
   */
  constructor(url, instance = newId()) {
    super();
    this.#url = url;
    this.instance = instance;
  }

  /** Opens the socket without a word: it saves two round trips when the tap comes. */
  prepare() {
    if (this.#socket) return;
    const online = () => this.reconnect();
    const visible = () => this.#isAlive() || this.#connect();
    watchPage({ online, visible, leave: () => this.bye() }, this.#over.signal);
    this.#connect();
  }

  /** Enters the room. */
  open() {
    this.#isEntered = true;
    this.prepare();
    if (!this.#isAlive()) this.#connect(); // it was closed for its silence, and waits to come back
    this.#greet();
  }

  /** @returns {boolean} whether this page has left for good */
  get isOver() {
    return this.#over.signal.aborted;
  }

  /** A new socket in place of one that may look open and be dead. */
  reconnect() {
    const isOpening = this.#socket?.readyState === WebSocket.CONNECTING;
    if (!this.#socket || this.isOver) return;
    if (!isOpening || performance.now() - this.#began > YOUNG) this.#connect();
  }

  /**
   * @param {{kind: string, [field: string]: unknown}} message - for the box
   * @returns {boolean} whether there was a socket to send it on
   */
  send(message) {
    return this.#write(JSON.stringify(message));
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} payload - for the other page
   * @returns {boolean} likewise
   */
  forward(payload) {
    return this.#write(payload);
  }

  /** Leaves for good. */
  bye() {
    if (this.#isEntered) this.send({ kind: "bye" });
    this.#finish();
    this.#socket?.close(1000);
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#socket?.close();
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#began = performance.now();
    this.#timer = window.setTimeout(() => this.#connect(), OPENING_LIMIT);
    const mine = () => this.#socket === socket && !this.isOver;
    socket.addEventListener("open", () => mine() && this.#opened());
    socket.addEventListener("message", ({ data }) => mine() && this.#read(data));
    socket.addEventListener("close", ({ code }) => mine() && this.#closed(code));
  }

  #opened() {
    clearTimeout(this.#timer);
    this.#greet();
  }

  #greet() {
    if (this.#isEntered) this.send({ kind: "hello", instance: this.instance });
  }

  /** @param {string | ArrayBuffer} data */
  #read(data) {
    if (typeof data !== "string") return emit(this, "payload", data);
    const message = JSON.parse(data);
    if (message.kind === "welcome") this.#delay = FIRST_DELAY;
    if (KINDS.has(message.kind)) emit(this, message.kind, message);
  }

  /** @param {number} code */
  #closed(code) {
    clearTimeout(this.#timer);
    if (FINAL_CODES.has(code)) {
      this.#finish();
      return emit(this, "closed", { code });
    }
    this.#timer = window.setTimeout(() => this.#connect(), this.#delay);
    this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY);
    emit(this, "lost");
  }

  #isAlive() {
    return (this.#socket?.readyState ?? WebSocket.CLOSED) <= WebSocket.OPEN; // or still connecting
  }

  #finish() {
    clearTimeout(this.#timer);
    this.#over.abort();
  }

  /** @param {string | Uint8Array<ArrayBuffer>} frame */
  #write(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(frame);
    return true;
  }
}
