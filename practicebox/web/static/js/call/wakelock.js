/**
 * Keeps the screen on during a consultation. Browsers take the lock back when the page is hidden.
 */

export class WakeLock {
  #lock = /** @type {WakeLockSentinel | null} */ (null);
  #isWanted = false;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#request());
  }

  hold() {
    this.#isWanted = true;
    return this.#request();
  }

  release() {
    this.#isWanted = false;
    this.#lock?.release();
    this.#lock = null;
  }

  /** @returns {boolean} whether the screen stays on now */
  get isHeld() {
    return this.#lock !== null && !this.#lock.released;
  }

  async #request() {
    const isVisible = document.visibilityState === "visible";
    if (!this.#isWanted || !isVisible || this.isHeld || !("wakeLock" in navigator)) return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      if (this.#isWanted && !this.isHeld) this.#lock = lock;
      else lock.release();
    } catch {
      // the battery is low, or the page was hidden meanwhile: the screen may go off
    }
  }
}
