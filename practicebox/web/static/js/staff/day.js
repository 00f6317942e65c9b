/**
 * The start page, kept right without a reload: whenever the box tells of a change, and once a minute,
 * the day is fetched as the box draws it. Who arrives is told by sound and notice, if that is wanted.
 */

import { Chime } from "./chime.js";

const RETRY = 2000; // milliseconds
const MINUTE = 60_000;

const day = /** @type {HTMLElement} */ (document.getElementById("day"));
const lost = /** @type {HTMLElement} */ (document.getElementById("day-lost"));
const news = /** @type {HTMLElement} */ (document.getElementById("day-news"));
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
  try {
    const { answered, made } = await fetchDay();
    lost.hidden = answered;
    if (made) draw(made);
  } finally {
    isFetching = false;
  }
  if (isStale) void refresh();
}

/**
 * The day as the box draws it, parsed by the browser (it is the box's own page, and runs no script).
 * An answer without a day leads to the login or the locked screen, which the page learns elsewhere.
 * @returns {Promise<{answered: boolean, made: HTMLElement | null}>}
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

/** @param {HTMLElement} made */
function draw(made) {
  if (made.dataset.today !== day.dataset.today) {
    location.reload(); // left open over midnight: heading and form are of yesterday as well
    return;
  }
  const before = arrived();
  const focused = document.activeElement?.closest("#day [data-appointment]");
  const row = focused?.getAttribute("data-appointment");
  day.replaceChildren(...made.childNodes);
  if (row) day.querySelector(/** @type {"a"} */ (`[data-appointment="${row}"] a`))?.focus();
  count();
  for (const id of arrived()) {
    if (!before.has(id)) announce(nameOf(id));
  }
}

/** In words for whoever listens to the page, and by sound if that is wanted. @param {string} name */
function announce(name) {
  const words = (news.dataset.arrived ?? "").replace("{name}", name);
  news.textContent = words;
  chime.ring(words);
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
