/**
 * What a bad line, a bad device or a bad person does to a call.
 */

import { on } from "/static/js/call/events.js";

export const mischief = {
  bloated,
  breakAt,
  cancelAt,
  damage,
  watchBuffer,
  overfill,
  nonsense,
  closeSockets,
  refuseDevices,
};

/** Flips one bit of the twentieth frame of bytes. @param {RTCDataChannel} channel */
function damage(channel) {
  const send = channel.send.bind(channel);
  let frames = 0;
  channel.send = (/** @type {any} */ data) => {
    if (typeof data !== "string" && ++frames === 20) {
      data = data.slice();
      data[4711] ^= 4;
    }
    send(data);
  };
}

/** Cancels a file on its way. @param {any} files @param {string} name @param {number} bytes */
function cancelAt(files, name, bytes) {
  on(files, "transfer", (transfer) => {
    if (transfer.name === name && transfer.moved >= bytes) files.cancel(transfer.id);
  });
}

/** The connection breaks at this frame. @param {any} channels @param {number} frame */
function breakAt({ control, files }, frame) {
  const send = files.send.bind(files);
  let frames = 0;
  files.send = (/** @type {any} */ data) => {
    if (++frames === frame) control.close();
    send(data);
  };
}

/** Pretends to be one byte over the limit. @param {File} file */
function bloated(file) {
  return Object.defineProperty(file, "size", { value: 200 * 2 ** 20 + 1 });
}

/** Notes the highest fill of the channel's buffer. @param {any} channel */
function watchBuffer(channel) {
  const send = channel.send.bind(channel);
  channel.highest = 0;
  channel.send = (/** @type {any} */ data) => {
    send(data);
    channel.highest = Math.max(channel.highest, channel.bufferedAmount);
  };
}

/** Offers what is too large for the other page. @param {RTCDataChannel} channel */
function overfill(channel) {
  const size = 200 * 2 ** 20 + 1;
  const answer = new Promise((resolve) => {
    channel.addEventListener("message", ({ data }) => resolve(JSON.parse(data).kind), {
      once: true,
    });
  });
  channel.send(JSON.stringify({ kind: "offer", id: "too-much", name: "x", size, type: "" }));
  return answer;
}

/** @param {Record<string, RTCDataChannel>} channels */
function nonsense({ control, chat, files }) {
  const everywhere = [
    "",
    "{",
    "null",
    "[]",
    "7",
    '"x"',
    "x".repeat(200_000),
    new Uint8Array(70_000),
  ];
  for (const channel of [control, chat, files]) {
    for (const data of everywhere) channel.send(/** @type {any} */ (data));
    channel.send(JSON.stringify({ kind: "__proto__", id: {}, name: [], size: "1", text: 5 }));
  }
  const name = "n".repeat(500);
  for (const each of [{ a: 1 }, "A\u0007\n\u202e B", name])
    tell(control, { kind: "introduce", name: each });
  tell(chat, { id: 5, text: "no id" });
  tell(chat, { id: "i".repeat(65), text: "long id" });
  tell(chat, { id: "empty", text: "\u202e \n" });
  tell(chat, { id: "once", text: "x".repeat(9000), sent: "yesterday" });
  tell(chat, { id: "once", text: "twice" });
  const names = ["../../etc/passwd", "\u202efdp.exe\u0000", `${"a".repeat(300)}.pdf`, 7];
  for (const [index, each] of names.entries()) {
    const id = `evil-${index}`;
    tell(files, { kind: "offer", id, name: each, size: index < 3 ? 5 : 0.5, type: "text/html" });
    tell(files, { kind: "done", id, digest: 5 });
    tell(files, { kind: "received", id });
    tell(files, { kind: "accept", id });
    tell(files, { kind: "cancel", id });
  }
}

/** The box closes every new socket like this. @param {number} code */
function closeSockets(code) {
  const { addEventListener } = WebSocket.prototype;
  WebSocket.prototype.addEventListener = function (
    /** @type {string} */ type,
    /** @type {any} */ listener,
  ) {
    if (type === "close") setTimeout(() => listener(new CloseEvent("close", { code })));
    else addEventListener.call(this, type, listener);
  };
}

/** Devices raise this; if it is about wishes, plain requests are granted. @param {string} name */
function refuseDevices(name) {
  const { mediaDevices } = navigator;
  const granted = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const isPlain = constraints?.video === true || constraints?.audio === true;
    if (name === "OverconstrainedError" && isPlain) return granted(constraints);
    throw new DOMException("as the test wants it", name);
  };
}

/** @param {RTCDataChannel} channel @param {object} message */
function tell(channel, message) {
  channel.send(JSON.stringify(message));
}
