/**
 * The modules of a call on a bare page, and a diary of what they say. Tests reach everything by
 * `window.lab`; the page enters when its button is pressed, as a person would.
 */

import { mischief } from "/lab/mischief.js";
import { sealing } from "/lab/sealing.js";
import { announce } from "/static/js/call/announced.js";
import { Chat } from "/static/js/call/chat.js";
import { Connection } from "/static/js/call/connection.js";
import { Devices } from "/static/js/call/devices.js";
import { on } from "/static/js/call/events.js";
import { Files } from "/static/js/call/files.js";
import { Introduction } from "/static/js/call/introduce.js";
import { Level } from "/static/js/call/level.js";
import { Media } from "/static/js/call/media.js";
import { decode, encode } from "/static/js/call/payload.js";
import * as picture from "/static/js/call/picture.js";
import { play } from "/static/js/call/playback.js";
import { Room } from "/static/js/call/room.js";
import { Roles } from "/static/js/call/roles.js";
import { save } from "/static/js/call/save.js";
import { Signaling } from "/static/js/call/signaling.js";
import { following } from "/static/js/call/states.js";
import { fileName, oneLine, paragraphs } from "/static/js/call/text.js";
import { harmlessType } from "/static/js/call/transfer.js";
import { WakeLock } from "/static/js/call/wakelock.js";
import { Care } from "/static/js/watch/care.js";
import { points } from "/static/js/watch/curve.js";
import * as ladder from "/static/js/watch/ladder.js";
import { measure } from "/static/js/watch/measure.js";
import { revive } from "/static/js/watch/revival.js";
import { Standstill } from "/static/js/watch/standstill.js";
import { Statistics } from "/static/js/watch/stats.js";
import { trouble } from "/static/js/watch/trouble.js";
import * as words from "/static/js/watch/words.js";

const SECRET = "c2VjcmV0LW9mLXRoZS1sYQ"; // base64url, 16 bytes
const query = new URLSearchParams(location.search);
const policy = /** @type {RTCIceTransportPolicy} */ (query.get("policy") ?? "all");

/** @type {RTCPeerConnection[]} */
const connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  /** @param {RTCConfiguration} configuration */
  constructor(configuration) {
    super({ ...configuration, iceTransportPolicy: policy });
    connections.push(this);
  }
  /** @param {RTCConfiguration} configuration */
  setConfiguration(configuration) {
    super.setConfiguration({ ...configuration, iceTransportPolicy: policy });
  }
};

const url = `${location.origin.replace("http", "ws")}/signal${location.search}`;
const signaling = new Signaling(url);
const room = new Room(signaling);
const role = query.get("role") === "patient" ? "patient" : "clinician";
const hasLetter = role === "clinician" || query.get("credential") !== "code";
const link = { rid: query.get("rid") ?? "bGFiLXJvb20", secret: query.get("secret") ?? SECRET };
const connection = new Connection(signaling, room, { role, link: hasLetter ? link : null });
const introduction = new Introduction();
const chat = new Chat();
const files = new Files();
const media = new Media();
const statistics = new Statistics(() => connection.statistics());
const level = new Level();
const care = new Care(connection, introduction);
const parts = {
  ...{ signaling, room, connection, introduction, chat, files, media, statistics, level, care },
};

const KINDS = {
  signaling: ["welcome", "peer", "peer-left", "lost", "closed"],
  room: ["admitted", "ended", "place", "second", "call-me"],
  connection: ["state", "remote", "channels", "problem", "secured", "rejected", "refused"],
  introduction: ["introduced", "state", "bye", "end"],
  chat: ["line", "seen"],
  files: ["transfer"],
  media: ["state", "silenced", "restored"],
  statistics: ["sample"],
  level: ["level"],
  care: ["judged", "rung"],
};

/** @type {{part: string, type: string, detail: any}[]} */
const diary = [];
for (const [part, types] of Object.entries(KINDS)) {
  const target = parts[/** @type {keyof typeof parts} */ (part)];
  for (const type of types)
    on(target, type, (detail) => diary.push({ part, type, detail: plain(detail) }));
}

const transfers = new Map();
on(files, "transfer", (transfer) => transfers.set(transfer.id, transfer));
on(connection, "channels", (channels) => {
  lab.channels = channels;
  introduction.bind(channels.control);
  chat.bind(channels.chat);
  files.bind(channels.files);
});
on(connection, "remote", ({ stream }) => {
  const far = /** @type {HTMLVideoElement} */ (document.querySelector("#far"));
  if (far.srcObject === stream) return;
  far.srcObject = stream;
  if (stream) play(far);
});
on(media, "track", ({ kind, track }) => connection.send(kind, track));
on(media, "state", (state) => introduction.tell(state));
on(introduction, "bye", () => connection.drop());
on(introduction, "end", () => query.get("role") === "patient" && room.hasEnded());

const lab = {
  ...parts,
  devices: new Devices(),
  wakeLock: new WakeLock(),
  diary,
  transfers,
  channels: /** @type {Record<string, RTCDataChannel>} */ ({}),
  mischief,
  sealing,
  picture,
  save,
  pure: {
    ...{ announce, decode, encode, fileName, following, harmlessType, oneLine, paragraphs, Roles },
    ...{ ...ladder, ...words, points, Standstill, trouble },
  },
  /** The last detail of this kind, or undefined. @param {string} part @param {string} type */
  last: (part, type) =>
    diary.filter((entry) => entry.part === part && entry.type === type).at(-1)?.detail,
  /** @param {string} part @param {string} type */
  all: (part, type) =>
    diary.filter((entry) => entry.part === part && entry.type === type).map(({ detail }) => detail),
  /** Names the ICE generation: a restart changes it. */
  generation: () => /a=ice-ufrag:(\S+)/u.exec(connections.at(-1)?.localDescription?.sdp ?? "")?.[1],
  /** Kind, address and port of the candidates that the other page told. */
  remoteCandidates: () => [...candidateLines(connections.at(-1)?.remoteDescription?.sdp ?? "")],
  /** @param {string} type */
  entries: async (type) =>
    [...((await connection.statistics())?.values() ?? [])].filter((entry) => entry.type === type),
  isOpen: () => Object.values(lab.channels).every(({ readyState }) => readyState === "open"),
  mediaBytes: async () => {
    const sent = (await lab.entries("outbound-rtp")).map(({ bytesSent }) => bytesSent);
    const received = (await lab.entries("inbound-rtp")).map(({ bytesReceived }) => bytesReceived);
    return [...sent, ...received].reduce((sum, bytes) => sum + bytes, 0);
  },
  /** @param {"audio" | "video"} kind @param {"cameras" | "microphones"} list */
  chooseAnother: async (kind, list) => {
    const current = () => media.tracks[kind]?.getSettings().deviceId;
    const before = current();
    const devices = (await lab.devices.list())[list];
    await media.choose(kind, devices.find(({ id }) => id !== before)?.id ?? "");
    return { before, now: current() };
  },
  /** What was decoded so far, straight from the browser. */
  received: async () => {
    const report = await connection.statistics();
    const { video, energy } = report ? measure(report, null) : { video: { frames: 0 }, energy: 0 };
    return { frames: video.frames, energy };
  },
  /** A transfer as plain data. @param {string} name */
  transfer: (name) => plain([...transfers.values()].find((transfer) => transfer.name === name)),
  /** @param {number} size @param {string} name @param {string} type */
  file: (size, name, type) => new File([noise(size)], name, { type }),
  digest,
};
Object.assign(window, { lab });

if (query.get("revival") !== "off") revive(connection, signaling, introduction);
document.querySelector("#enter")?.addEventListener("click", async () => {
  introduction.introduce(query.get("name") ?? "");
  if (query.get("media") !== "off") await media.open();
  statistics.start();
  signaling.open();
});
document.documentElement.dataset.ready = "yes";

/** What survives the way into Python. @param {any} detail */
function plain(detail) {
  if (detail instanceof Date) return detail.toISOString();
  return detail === undefined
    ? undefined
    : JSON.parse(JSON.stringify(detail, (_, value) => simple(value)));
}

/** @param {any} value */
function simple(value) {
  if (value instanceof Blob) return { size: value.size, type: value.type };
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof DOMException) return `${value.name}: ${value.message}`;
  return value instanceof RTCDataChannel ? value.label : value;
}

/** Bytes that no two blocks share. @param {number} size */
function noise(size) {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** SHA-256 of a blob as a whole, the independent check. @param {Blob} blob */
async function digest(blob) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} sdp */
function* candidateLines(sdp) {
  for (const line of sdp.split("\r\n")) {
    const words = line.split(" ");
    if (line.startsWith("a=candidate:") && words[2].toLowerCase() === "udp")
      yield [words[7], words[4], Number(words[5])];
  }
}
