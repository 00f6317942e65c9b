/** Who is in the waiting room, who waits for a call: badges on the list, kept right by a WebSocket. */

const RETRY = 3000; // milliseconds

function listen() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/presence`);
  socket.addEventListener("message", ({ data }) => {
    const { waiting, calling } = JSON.parse(data);
    show("[data-waiting]", waiting);
    show("[data-calling]", calling);
  });
  socket.addEventListener("close", () => setTimeout(listen, RETRY));
}

/** @param {string} badges - a selector @param {string[]} appointments - that have one */
function show(badges, appointments) {
  for (const badge of document.querySelectorAll(badges)) {
    const row = /** @type {HTMLElement | null} */ (badge.closest("[data-appointment]"));
    /** @type {HTMLElement} */ (badge).hidden = !appointments.includes(row?.dataset.appointment ?? "");
  }
}

listen();
