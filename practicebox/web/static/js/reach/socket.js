/** One hop: a WebSocket on which the box answers. */

const PATIENCE = 8000; // milliseconds

/** @param {string} token @returns {Promise<boolean>} */
export function socketAnswers(token) {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/reach/socket`);
    const timer = setTimeout(() => done(false), PATIENCE);
    /** @param {boolean} isGood */
    const done = (isGood) => {
      clearTimeout(timer);
      socket.close();
      resolve(isGood);
    };
    socket.addEventListener("open", () => socket.send(token));
    socket.addEventListener("message", ({ data }) => done(data === "ok"));
    socket.addEventListener("close", () => done(false));
  });
}
