/**
 * The start page, kept right without a reload: whenever the box tells of a change, and once a minute,
 * the day is fetched as the box draws it. Who arrives is told by sound and notice, if that is wanted.
 */

import { Chime } from "./chime.js";

const RETRY = 2000; // milliseconds
const MINUTE = 60_000;

const day = /** @type {HTMLElement} */ (document.getElementById("day"));
const lost = /** @type {HTMLElement} */ (document.getElementById("day-lost"));
const chime = new Chime();
const title = document.title;
let isFetching = false;
let isStale = false; // told of another change meanwhile

function listen() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/presence`);
  socket.addEventListener("message", () => void refresh());
  socket.addEventListener("close", () => {
    lost.hidden = false;
    setTimeout(listen, RETRY);
  });
}

async function refresh() {
  isStale = isFetching;
  if (isFetching) return;
  isFetching = true;
  const { answered, made } = await fetchDay();
  lost.hidden = answered;
  if (made) draw(made);
  isFetching = false;
  if (isStale) void refresh();
}

/**
 * The day as the box draws it, parsed by the browser (it is the box's own page, and runs no script).
 * An answer without a day leads to the login or the locked screen, which the page learns elsewhere.
 * @returns {Promise<{answered: boolean, made: Element | null}>}
 */
function fetchDay() {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.open("GET", "/day");
    request.addEventListener("loadend", () => {
      const answered = request.status > 0 && request.status < 500;
      resolve({ answered, made: request.response?.querySelector("#day") ?? null });
    });
    request.send();
  });
}

/** @param {Element} made */
function draw(made) {
  const before = arrived();
  const focused = document.activeElement?.closest("[data-appointment] a")?.getAttribute("href");
  day.replaceChildren(...made.childNodes);
  if (focused) day.querySelector(/** @type {"a"} */ (`a[href="${focused}"]`))?.focus();
  count();
  for (const id of arrived()) {
    if (!before.has(id)) chime.ring(nameOf(id));
  }
}

/** Those who are in the waiting room, as the page shows it. */
function arrived() {
  const shown = day.querySelector("[data-arrived]")?.getAttribute("data-arrived") ?? "";
  return new Set(shown.split(" ").filter(Boolean));
}

/** @param {string} id */
function nameOf(id) {
  return day.querySelector(`[data-appointment="${id}"] .entry-name`)?.textContent?.trim() ?? "";
}

/** In the title, for whoever has another tab in front. */
function count() {
  const waiting = arrived().size;
  document.title = waiting ? `(${waiting}) ${title}` : title;
}

count();
listen();
setInterval(() => void refresh(), MINUTE);
document.getElementById("cover")?.addEventListener("close", () => void refresh());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void refresh(); // a hidden page's timers are slowed down
});
