/** Who is in the waiting room: badges on the list, kept right by a WebSocket. */

const RETRY = 3000; // milliseconds

function listen() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/presence`);
  socket.addEventListener("message", ({ data }) => {
    const { waiting } = JSON.parse(data);
    for (const badge of document.querySelectorAll("[data-waiting]")) {
      const id = /** @type {HTMLElement | null} */ (badge.closest("[data-appointment]"))?.dataset.appointment;
      /** @type {HTMLElement} */ (badge).hidden = !waiting.includes(id);
    }
  });
  socket.addEventListener("close", () => setTimeout(listen, RETRY));
}

listen();
