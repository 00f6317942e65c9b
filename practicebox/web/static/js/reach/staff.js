/** The staff's page of the outside-in test: the lights change as the phone finds out. */

import { element } from "../stage/dom.js";
import { offerCopy } from "./copy.js";
import { show, tell } from "./lights.js";

const RETRY = 3000; // milliseconds
const LIFETIME = 15 * 60 * 1000; // milliseconds; a test that is over has no news

const list = element("hops", HTMLElement);
const summary = element("summary", HTMLElement);
const began = performance.now();

function listen() {
  const url = `${location.origin.replace(/^http/, "ws")}${list.dataset.news}`;
  const socket = new WebSocket(url);
  socket.addEventListener("message", ({ data }) => show(list, summary, JSON.parse(data)));
  socket.addEventListener("close", ({ code }) => {
    const isOver = code === 1000 || performance.now() - began > LIFETIME;
    if (!isOver) setTimeout(listen, RETRY);
    else tell(summary, summary.dataset.over ?? "", "notice-warn");
  });
}

for (const entry of list.querySelectorAll(".hop-entry")) {
  offerCopy(/** @type {HTMLElement} */ (entry));
}
listen();
