/**
 * The page's line to the box about its own session: it learns when the session ends or its screen is
 * locked, and says when somebody is there.
 *
 * Events: "covered" (detail: boolean) and "ended" (detail: reason).
 */

const RETRY = 3000; // milliseconds; the box may be starting again
const REPORT = 30_000; // milliseconds; the shortest idle time is five minutes
const ENDED = 4401; // close code
const SIGNS = ["pointerdown", "pointermove", "keydown", "scroll"];

export class Watch extends EventTarget {
  #socket = /** @type {WebSocket | null} */ (null);
  #reported = Date.now();
  #isOver = false;

  start() {
    this.#connect();
    const sign = () => this.active();
    for (const kind of SIGNS) addEventListener(kind, sign, { passive: true, capture: true });
    addEventListener("pagehide", () => this.#leave());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  /** Somebody is there, or a call is running; said to the box now and then. */
  active() {
    if (Date.now() - this.#reported < REPORT || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#reported = Date.now();
    this.#socket.send("here");
  }

  #connect() {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/sessions/watch`);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => {
      if (this.#isOver) return;
      if (code === ENDED) this.#end("");
      else setTimeout(() => this.#isOver || this.#connect(), RETRY);
    });
  }

  /** @param {{covered?: boolean, ended?: string}} news */
  #hear(news) {
    if (news.ended !== undefined) this.#end(news.ended);
    if (news.covered !== undefined) this.dispatchEvent(new CustomEvent("covered", { detail: news.covered }));
  }

  /** @param {string} reason */
  #end(reason) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.dispatchEvent(new CustomEvent("ended", { detail: reason }));
  }

  #leave() {
    this.#isOver = true;
    this.#socket?.close();
  }
}
