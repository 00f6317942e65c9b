/**
 * Sound and notice when somebody arrives. Off until the reception turns it on at this workstation;
 * only the start page has it, so nothing ever sounds into a consultation (Anlage 31b).
 */

const KEPT = "chime"; // in localStorage
const NOTES = [659.3, 830.6]; // Hz: e and g sharp
const LENGTH = 0.35; // seconds of each

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

  /** Somebody is in the waiting room. @param {string} name */
  ring(name) {
    if (!this.#isOn) return;
    this.#play();
    const words = (this.#said?.dataset.arrived ?? "").replace("{name}", name);
    if (this.#said) this.#said.textContent = words;
    if (document.hidden && Notification.permission === "granted") {
      new Notification(document.title, { body: words, tag: "arrival" });
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
    this.#say(on);
  }

  /** @param {boolean} on */
  #say(on) {
    if (!this.#said) return;
    const allowed = "Notification" in window && Notification.permission === "granted";
    this.#said.textContent = this.#said.dataset[on ? (allowed ? "on" : "silent") : "off"] ?? "";
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
