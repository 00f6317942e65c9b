/** When the waiting room opens, for who comes early. */

const LONGEST = 60_000; // milliseconds until the next look; timers of sleeping phones are not exact

/**
 * Says it in `line`, whose text has `{day}` and `{time}`, in the practice's time as the letter does.
 *
 * @param {HTMLElement} line
 * @param {DOMStringMap} visit - `opens` (ISO 8601) and `zone`
 * @param {() => void} look - called when it may have changed
 * @returns {boolean} whether it is too early
 */
export function sayIfEarly(line, { opens = "", zone }, look) {
  const moment = new Date(opens);
  const early = moment.getTime() - Date.now();
  line.hidden = early <= 0;
  if (line.hidden) return false;
  const { lang } = document.documentElement;
  const day = moment.toLocaleDateString(lang, {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: zone,
  });
  const time = moment.toLocaleTimeString(lang, {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  });
  line.dataset.words ??= line.textContent ?? "";
  line.textContent = line.dataset.words.replace("{day}", day).replace("{time}", time);
  setTimeout(look, Math.min(early + 500, LONGEST));
  return true;
}
