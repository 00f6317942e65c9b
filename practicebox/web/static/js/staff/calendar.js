/** The calendar's page: moving, a new appointment where somebody clicks, the line for now. */

import { listen } from "./calendar_drag.js";
import { onKey, onLeave } from "./calendar_keys.js";

const MINUTE = 60_000;
const ROW = 5; // minutes
const QUARTER = 15;
const calendar = /** @type {HTMLElement} */ (document.getElementById("cal"));

/** A click into a free time begins where the pointer is, not where the time begins. @param {MouseEvent} event */
function begin(event) {
  const gap = /** @type {Element} */ (event.target).closest(".gap");
  if (!(gap instanceof HTMLAnchorElement) || event.detail === 0) return; // 0: by keyboard
  const box = gap.getBoundingClientRect();
  const rows = Number(/\bfor-(\d+)/.exec(gap.parentElement?.className ?? "")?.[1] ?? 0);
  const address = new URL(gap.href);
  const [hour, minute] = (address.searchParams.get("time") ?? "0:0").split(":").map(Number);
  const first = hour * 60 + minute;
  const at = first + ((event.clientY - box.top) / box.height) * rows * ROW;
  const time = Math.max(first, Math.floor(at / QUARTER) * QUARTER);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  address.searchParams.set("time", `${two(Math.floor(time / 60))}:${two(time % 60)}`);
  gap.href = address.href;
}

/** @param {number} first - row of the line when the page was made @param {number} since */
function tick(first, since) {
  const line = document.querySelector(".cal-now");
  const row = first + Math.floor((Date.now() - since) / MINUTE / ROW);
  if (line) line.className = `cal-now at-${row}`;
}

for (const block of calendar.querySelectorAll("[data-seen]")) {
  block.setAttribute("aria-keyshortcuts", "M");
  block.setAttribute("aria-describedby", "cal-hint");
}
calendar.addEventListener("keydown", onKey);
calendar.addEventListener("focusout", () => setTimeout(onLeave));
if (!matchMedia("(max-width: 48rem)").matches) calendar.addEventListener("click", begin);
listen(calendar);
document.addEventListener("keydown", (event) => {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("undo"));
  const isTyping = /** @type {Element} */ (event.target).matches?.("input, select, textarea");
  if (form && event.ctrlKey && event.key === "z" && !isTyping) form.requestSubmit();
});
const now = /\bat-(\d+)/.exec(document.querySelector(".cal-now")?.className ?? "");
if (now) setInterval(tick, MINUTE, Number(now[1]), Date.now());
if (location.hash.startsWith("#a-")) document.getElementById(location.hash.slice(1))?.focus();
