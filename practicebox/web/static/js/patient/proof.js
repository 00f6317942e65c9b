/** Proof of work, in a worker: the page stays as quick as it was, and can say how far it is. */

/** @typedef {{puzzle: string, parts: number, bits: number}} Puzzle */

const WORKER = new URL("./proof_worker.js", import.meta.url).href;

/**
 * @param {Puzzle} wanted
 * @param {(done: number, parts: number) => void} progress
 * @returns {Promise<number[]>} an answer for each part
 */
export function prove(wanted, progress) {
  const worker = new Worker(/** @type {string} */ (trusted()), { type: "module" });
  /** @type {number[]} */
  const answers = [];
  /** @type {Promise<number[]>} */
  const proof = new Promise((resolve, reject) => {
    worker.addEventListener("error", reject);
    worker.addEventListener("message", ({ data }) => {
      answers.push(data);
      progress(answers.length, wanted.parts);
      if (answers.length === wanted.parts) resolve(answers);
    });
  });
  progress(0, wanted.parts);
  worker.postMessage(wanted);
  return proof.finally(() => worker.terminate());
}

/** The worker's address as the page's policy wants it (Trusted Types); it is always the same. */
function trusted() {
  const { trustedTypes } = /** @type {any} */ (window);
  return trustedTypes?.createPolicy("proof", { createScriptURL: () => WORKER }).createScriptURL("")
    ?? WORKER;
}
