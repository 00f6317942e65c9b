/**
 * Tells the box, for the practice's figures, which kind of way a call took, or what went wrong: one
 * word of a fixed list (practice/figures.py), each once. No address, no browser, no name.
 */

import { chosenPath } from "../call/path.js";
import { on } from "../call/events.js";

const SETTLED = 3000; // milliseconds; a call may begin over the relay and go direct at once
const WORDS = /** @type {Record<string, string>} */ ({
  blocked: "blocked",
  direct: "no-relay",
  lost: "lost",
  offline: "offline",
});

/** @param {import("../stage/call.js").Call} call @param {string} address */
export function tellWay(call, address) {
  const { connection, room } = call;
  const told = /** @type {Set<string>} */ (new Set());
  const unsaid = /** @type {Set<string>} */ (new Set());
  let timer = 0;

  const say = () => unsaid.forEach((way) => void send(address, way).then((taken) => taken && unsaid.delete(way)));
  /** @param {string} way */
  const tell = (way) => {
    if (told.has(way)) return;
    told.add(way);
    unsaid.add(way);
    say();
  };
  const look = async () => {
    const report = connection.state === "connected" && (await connection.statistics());
    const path = report && chosenPath(report).path;
    if (path) tell(path.isRelayed ? "relay" : "direct");
  };
  const lookSoon = () => {
    clearTimeout(timer);
    const isOpen = room.isAdmitted && connection.state === "connected";
    if (isOpen && !told.has("direct") && !told.has("relay")) timer = window.setTimeout(look, SETTLED);
  };
  on(connection, "state", lookSoon);
  on(room, "admitted", lookSoon);
  on(room, "welcome", say); // what was said while the box was away
  on(call, "trouble", ({ word }) => WORDS[word] && tell(WORDS[word]));
}

/** @param {string} address @param {string} way @returns {Promise<boolean>} whether the box has it */
async function send(address, way) {
  try {
    const body = new URLSearchParams({ way });
    return (await fetch(address, { method: "POST", body, keepalive: true, redirect: "error" })).ok;
  } catch {
    return false;
  }
}
