// How large the pictures are: by the number of people, by the weakest line, without flicker.
import assert from "node:assert/strict";
import test from "node:test";
import { CAMERA, STEPS, Uplink, byCount } from "../../practicebox/web/static/js/mesh/steps.js";

const FINE = { rate: 5_000_000, isHot: false };
const WEAK = { rate: 100_000, isHot: false };
const times = (count, does) => Array.from({ length: count }, does).at(-1);

test("the number of people decides how large the pictures may be", () => {
  const heights = [2, 3, 4, 5, 6, 7, 9].map((people) => STEPS[byCount(people)].pixels);
  assert.deepEqual(heights, [921600, 230400, 230400, 102240, 102240, 57600, 57600]);
});

test("the camera gives no more than the step sends, and no less", () => {
  const sizes = CAMERA.map(({ width, height }) => width * height);
  assert.deepEqual(sizes, STEPS.map(({ pixels }) => pixels));
});

test("a weak line makes them smaller after two looks, step by step to the smallest", () => {
  const uplink = new Uplink();
  assert.equal(uplink.judge(4, WEAK), 1);
  assert.equal(uplink.judge(4, WEAK), 2);
  assert.equal(times(2, () => uplink.judge(4, WEAK)), 3);
  assert.equal(times(9, () => uplink.judge(4, WEAK)), 3);
});

test("a device that is too slow counts like a weak line", () => {
  const uplink = new Uplink();
  assert.equal(times(2, () => uplink.judge(4, { ...FINE, isHot: true })), 2);
});

test("they get larger again only after a while, and later after each try that failed", () => {
  const uplink = new Uplink();
  const calm = () => {
    let looks = 1;
    while (uplink.judge(4, FINE) !== 1) looks += 1;
    return looks;
  };
  times(2, () => uplink.judge(4, WEAK));
  const first = calm();
  times(2, () => uplink.judge(4, WEAK));
  assert.ok(first >= 4 && calm() === 2 * first);
});

test("a browser that does not tell its rate is left at what the number of people allows", () => {
  const uplink = new Uplink();
  assert.equal(times(20, () => uplink.judge(6, { rate: NaN, isHot: false })), 2);
});

test("who is many is never larger for being few before", () => {
  const uplink = new Uplink();
  times(2, () => uplink.judge(2, WEAK));
  assert.equal(uplink.judge(9, WEAK), 3);
});
