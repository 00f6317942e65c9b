/** Asks the box to be let in, and solves its puzzle where many wrong codes have been typed. */

import { prove } from "./proof.js";

const TRIES = 3; // a puzzle can have run out while the phone slept

/** @typedef {"in" | "unknown" | "closed" | "paused" | "offline"} Outcome */

/**
 * @param {object} question - a code, or a link's `rid` and `token`
 * @param {(done: number, parts: number) => void} progress - of the puzzle
 * @returns {Promise<Outcome>}
 */
export async function askIn(question, progress) {
  let asked = question;
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await post(asked);
    if (answer?.status !== 429) return outcome(answer);
    try {
      const wanted = await answer.json();
      const answers = await prove(wanted, progress);
      asked = { ...question, puzzle: wanted.puzzle, answers };
    } catch {
      return "paused"; // a browser that can't: what helps is the same
    }
  }
  return "paused";
}

/** @param {object} asked */
async function post(asked) {
  try {
    return await fetch("/visit", { method: "POST", body: JSON.stringify(asked) });
  } catch {
    return null;
  }
}

/** @param {Response | null} answer @returns {Outcome} */
function outcome(answer) {
  if (answer?.ok) return "in";
  if (answer?.status === 404) return "unknown";
  if (answer?.status === 409) return "closed";
  return answer?.status === 503 ? "paused" : "offline";
}
