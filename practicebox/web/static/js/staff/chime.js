/**
 * Sound and notice when somebody arrives. Off until the reception turns it on at this workstation;
 * only the start page has it, so nothing ever sounds into a consultation (Anlage 31b).
 */

const KEPT = "chime"; // in localStorage
const NOTES = [659.3, 830.6]; // Hz: e and g sharp
const LENGTH = 0.35; // seconds of each
const WAKE = 300; // milliseconds that a browser which lets us takes at most

function isAllowed() {
  return "Notification" in window && Notification.permission === "granted";
}

export class Chime {
  #button = /** @type {HTMLButtonElement | null} */ (document.getElementById("chime"));
  #said = document.getElementById("chime-said");
  #sound = /** @type {AudioContext | null} */ (null);
  #isOn = false;

  constructor() {
    if (!this.#button) return;
    this.#button.hidden = false;
    this.#button.addEventListener("click", () => void this.#turn(!this.#isOn));
    if (localStorage.getItem(KEPT)) void this.#turn(true, false);
  }

  /** Somebody is in the waiting room. @param {string} words - that say so */
  ring(words) {
    if (!this.#isOn) return;
    this.#play();
    if (!document.hidden || !isAllowed()) return;
    try {
      new Notification(document.title, { body: words, tag: "arrival" });
    } catch {
      // Chrome on Android shows notices of service workers only; the sound was heard
    }
  }

  /** @param {boolean} on @param {boolean} [byHand] - only then the browser may be asked */
  async #turn(on, byHand = true) {
    this.#isOn = on;
    this.#button?.setAttribute("aria-pressed", String(on));
    if (on) localStorage.setItem(KEPT, "on");
    else localStorage.removeItem(KEPT);
    if (on && byHand) {
      this.#play();
      if ("Notification" in window) await Notification.requestPermission();
    }
    if (on) await this.#wake();
    this.#say(on);
  }

  /** Sound needs a click on the page first, in most browsers; any click will do. */
  async #wake() {
    this.#sound ??= new AudioContext();
    const sound = this.#sound;
    await Promise.race([sound.resume(), new Promise((resolve) => setTimeout(resolve, WAKE))]);
    if (sound.state === "running") return;
    document.addEventListener("click", () => void sound.resume().then(() => this.#say(this.#isOn)), {
      once: true,
    });
  }

  /** @param {boolean} on */
  #say(on) {
    if (!this.#said) return;
    const isMute = this.#sound?.state !== "running";
    const word = isMute ? "mute" : isAllowed() ? "on" : "silent";
    this.#said.textContent = this.#said.dataset[on ? word : "off"] ?? "";
  }

  #play() {
    this.#sound ??= new AudioContext();
    void this.#sound.resume();
    NOTES.forEach((hertz, place) => this.#note(hertz, place * LENGTH));
  }

  /** @param {number} hertz @param {number} after - seconds from now */
  #note(hertz, after) {
    const sound = this.#sound;
    if (!sound) return;
    const begin = sound.currentTime + after;
    const voice = new OscillatorNode(sound, { frequency: hertz });
    const volume = new GainNode(sound, { gain: 0 });
    volume.gain.linearRampToValueAtTime(0.25, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + LENGTH);
    voice.connect(volume).connect(sound.destination);
    voice.start(begin);
    voice.stop(begin + LENGTH);
  }
}
