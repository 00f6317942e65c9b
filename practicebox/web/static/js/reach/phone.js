/** The phone's page of the outside-in test: one hop after the other, each told to the box. */

import { element } from "../stage/dom.js";
import { binding } from "./binding.js";
import { begin, Over, report, token } from "./box.js";
import { show, tell } from "./lights.js";
import { passes } from "./loop.js";
import { socketAnswers } from "./socket.js";

/** @typedef {import("./box.js").Begun} Begun */
/** @typedef {{good: boolean, ipv4?: boolean}} Outcome */

const list = element("hops", HTMLElement);
const summary = element("summary", HTMLElement);
const again = element("again", HTMLButtonElement);
const anyway = element("anyway", HTMLButtonElement);
const secret = token();

/** Begins a run; in the practice's own Wi-Fi it waits to be told to go on. */
async function start() {
  again.hidden = anyway.hidden = true;
  tell(summary, summary.dataset.begin ?? "");
  await reporting(async () => {
    const begun = await begin(secret);
    list.hidden = false;
    show(list, summary, begun.view);
    if (begun.view.summary !== "home") return await run(begun);
    again.hidden = anyway.hidden = false;
    anyway.onclick = () => reporting(() => run(begun));
  });
}

/** @param {Begun} begun */
async function run({ run, ways, view }) {
  again.hidden = anyway.hidden = true;
  for (const { hop, light } of view.hops) {
    if (light !== "waiting") continue;
    show(list, summary, (await report(secret, run, hop, "testing")).view);
    const { good, ipv4 } = await test(hop, ways[hop]);
    show(list, summary, (await report(secret, run, hop, good ? "green" : "red", ipv4)).view);
  }
  again.hidden = false;
}

/** @param {string} hop @param {RTCIceServer[]} servers @returns {Promise<Outcome>} */
async function test(hop, servers) {
  if (hop === "socket") return { good: await socketAnswers(secret) };
  if (hop !== "stun") return { good: await passes(servers) };
  const { answered, ipv4 } = await binding(servers[0]);
  return { good: answered, ipv4 };
}

/**
 * Does `work`; where the box can't be told any more, the page says why.
 *
 * @param {() => Promise<unknown>} work
 */
async function reporting(work) {
  try {
    await work();
  } catch (error) {
    const isOver = error instanceof Over;
    tell(summary, summary.dataset[isOver ? "over" : "lost"] ?? "", "notice-bad");
    again.hidden = isOver;
    anyway.hidden = true;
  }
}

again.addEventListener("click", start);
start();
