// Introductions: nobody is named to another, and nothing is passed on, but among those asked in.
import assert from "node:assert/strict";
import test from "node:test";
import { emit } from "../../practicebox/web/static/js/call/events.js";
import { Moderator } from "../../practicebox/web/static/js/mesh/moderator.js";

const ENTRY = { alice: "a".repeat(16), ivan: "b".repeat(16), dilek: "d".repeat(16) };

class Channel extends EventTarget {
  readyState = "open";
  sent = [];
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  hear(message) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }));
  }
  kinds(kind) {
    return this.sent.filter((message) => message.kind === kind);
  }
}

function seat(id) {
  const room = Object.assign(new EventTarget(), { isAdmitted: false, admit() {}, back() {} });
  const introduction = Object.assign(new EventTarget(), { other: {} });
  const targets = { connection: new EventTarget(), signaling: new EventTarget() };
  const chat = new EventTarget();
  const call = { ...targets, room, introduction, chat, leave() {} };
  const empty = { isThere: false, isAsked: false, number: null, entry: "", present: [], channel: null, member: null };
  return { id, name: id.toUpperCase(), role: "role", call, ...empty };
}

function meeting() {
  const seats = Object.keys(ENTRY).map(seat);
  const moderator = new Moderator(seats);
  const channels = Object.fromEntries(
    seats.map((each) => {
      const channel = new Channel();
      const peer = Object.assign(new EventTarget(), { state: "connected", open: () => channel });
      emit(each.call.connection, "peer", { peer });
      return [each.id, channel];
    }),
  );
  const boxAdmits = (id) => {
    const { room } = seats.find((each) => each.id === id).call;
    room.isAdmitted = true;
    emit(room, "admitted");
  };
  const admit = (id) => {
    moderator.admit(seats.find((each) => each.id === id));
    boxAdmits(id);
  };
  const here = (id) => channels[id].hear({ kind: "here", entry: ENTRY[id], present: [id] });
  const out = (id) => {
    const { room } = seats.find((each) => each.id === id).call;
    room.isAdmitted = false;
    emit(room, "back");
  };
  return { moderator, channels, boxAdmits, admit, here, out };
}

const ids = (roster) => roster.members.map(({ id }) => id);

test("who is asked in learns of the others, and they of them", () => {
  const { channels, admit, here } = meeting();
  for (const id of ["alice", "ivan"]) {
    admit(id);
    here(id);
  }
  assert.deepEqual(ids(channels.alice.kinds("roster").at(-1)), [`ivan:${ENTRY.ivan}`]);
  const [alice] = channels.ivan.kinds("roster").at(-1).members;
  assert.deepEqual(alice.present, ["alice"]);
  assert.equal(alice.name, "ALICE");
});

test("who waits is named to nobody, hears of nobody, whatever their page says", () => {
  const { channels, admit, here } = meeting();
  admit("alice");
  here("alice");
  here("ivan");
  assert.deepEqual(channels.ivan.sent, []);
  assert.deepEqual(ids(channels.alice.kinds("roster").at(-1)), []);
  channels.ivan.hear({ kind: "pass", to: `alice:${ENTRY.alice}`, content: { candidate: {} } });
  channels.alice.hear({ kind: "pass", to: `ivan:${ENTRY.ivan}`, content: { candidate: {} } });
  assert.deepEqual([channels.alice, channels.ivan].flatMap((c) => c.kinds("pass")), []);
});

test("the box alone puts nobody in", () => {
  const { channels, boxAdmits, admit, here } = meeting();
  admit("alice");
  here("alice");
  boxAdmits("ivan");
  here("ivan");
  assert.deepEqual(channels.ivan.kinds("roster"), []);
  assert.deepEqual(ids(channels.alice.kinds("roster").at(-1)), []);
  admit("ivan");
  assert.deepEqual(ids(channels.alice.kinds("roster").at(-1)), [`ivan:${ENTRY.ivan}`]);
});

test("the words of one page may come before the box says that it was asked in", () => {
  const { channels, admit, here } = meeting();
  here("alice");
  admit("alice");
  assert.equal(channels.alice.kinds("roster").length, 1);
});

test("what is passed on says who it is from, as the moderator knows it", () => {
  const { channels, admit, here } = meeting();
  for (const id of Object.keys(ENTRY)) {
    admit(id);
    here(id);
  }
  const forged = { kind: "pass", to: `ivan:${ENTRY.ivan}`, from: `dilek:${ENTRY.dilek}`, content: 7 };
  channels.alice.hear(forged);
  const [passed] = channels.ivan.kinds("pass");
  assert.deepEqual(passed, { kind: "pass", from: `alice:${ENTRY.alice}`, content: 7 });
  assert.deepEqual(channels.dilek.kinds("pass"), []);
});

test("nobody takes another's name by saying another's entry", () => {
  const { channels, admit, here } = meeting();
  for (const id of ["alice", "ivan"]) admit(id);
  here("alice");
  channels.ivan.hear({ kind: "here", entry: ENTRY.alice, present: [] });
  assert.deepEqual(ids(channels.alice.kinds("roster").at(-1)), [`ivan:${ENTRY.alice}`]);
  channels.ivan.hear({ kind: "here", entry: "alice:x", present: [] });
  assert.deepEqual(ids(channels.alice.kinds("roster").at(-1)), [`ivan:${ENTRY.alice}`]);
});

test("who is put back is gone for all others at once, and nothing more is passed on", () => {
  const { channels, admit, here, out } = meeting();
  for (const id of Object.keys(ENTRY)) {
    admit(id);
    here(id);
  }
  out("ivan");
  for (const id of ["alice", "dilek"])
    assert.deepEqual(channels[id].kinds("gone"), [{ kind: "gone", id: `ivan:${ENTRY.ivan}` }]);
  channels.ivan.hear({ kind: "pass", to: `alice:${ENTRY.alice}`, content: {} });
  assert.deepEqual(channels.alice.kinds("pass"), []);
});

test("a page that was loaded anew takes the place of the one before", () => {
  const { channels, admit, here } = meeting();
  for (const id of ["alice", "ivan"]) {
    admit(id);
    here(id);
  }
  channels.ivan.hear({ kind: "here", entry: "e".repeat(16), present: [] });
  assert.deepEqual(channels.alice.kinds("gone"), [{ kind: "gone", id: `ivan:${ENTRY.ivan}` }]);
  assert.deepEqual(ids(channels.alice.kinds("roster").at(-1)), [`ivan:${"e".repeat(16)}`]);
});

test("who has a new channel is named to the others, so that they say again what may be lost", () => {
  const { channels, admit, here } = meeting();
  for (const id of ["alice", "ivan"]) {
    admit(id);
    here(id);
  }
  here("alice");
  assert.equal(channels.ivan.kinds("roster").at(-1).renewed, `alice:${ENTRY.alice}`);
  assert.deepEqual(channels.ivan.kinds("gone"), []);
});

test("a whole conference is counted, the moderator too", () => {
  const { moderator, admit, here } = meeting();
  for (const id of Object.keys(ENTRY)) {
    admit(id);
    here(id);
  }
  assert.equal(moderator.people, 4);
});
