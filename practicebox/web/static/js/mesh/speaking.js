/** Who speaks: looks at the levels of all members, and says whom to show large. */

/** @typedef {import("./member.js").Member} Member */

const PERIOD = 200; // milliseconds between looks
const LOUD = 0.02; // of full scale; a quiet room has 0.002
const HELD = 4; // looks for which a mark stays after the last sound, or it would flicker
const FEATURED = 5; // looks in a row for which somebody is the loudest until they are shown large

/**
 * @param {() => Member[]} members
 * @param {import("./tiles.js").Tiles} tiles
 */
export function watchSpeaking(members, tiles) {
  const held = /** @type {Map<Member, number>} */ (new Map());
  let loudest = /** @type {Member | null} */ (null);
  let streak = 0;
  return window.setInterval(() => {
    const levels = members().map((member) => ({ member, level: member.peer?.loudness() ?? 0 }));
    for (const { member, level } of levels) {
      const left = level > LOUD ? HELD : Math.max(0, (held.get(member) ?? 0) - 1);
      held.set(member, left);
      tiles.mark(member, left > 0);
    }
    const [first] = levels.filter(({ level }) => level > LOUD).sort((a, b) => b.level - a.level);
    streak = first && first.member === loudest ? streak + 1 : 0;
    loudest = first?.member ?? null;
    if (loudest && streak >= FEATURED) tiles.feature(loudest);
  }, PERIOD);
}
