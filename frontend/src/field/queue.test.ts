import { describe, expect, it } from "vitest";

import { nextStep, settle, stillToDo, toSend, waiting, type Unsent, type Photo } from "./queue";

const photo = (key: string): Photo => ({ key, blob: new Blob(["x"]), sent: false });
const item = (more: Partial<Unsent> = {}): Unsent => ({
  key: "k", owner: 1, at: 10, holdUntil: 0, kind: "check", taskId: 7, body: {}, said: "通过", title: "井盖",
  photos: [], together: false, state: "waiting", number: "", why: "", code: "", ...more,
});
const ok = { is: "ok", number: "20261122-0001" } as const;
const moved = { is: "refused", code: "workorder_changed_meanwhile", message: "已变动", moved: true } as const;

describe("the order", () => {
  it("is that in which things were done", () => {
    const keys = toSend([item({ key: "b", at: 20 }), item({ key: "a" })], 1, 100).map((each) => each.key);
    expect(keys).toEqual(["a", "b"]);
  });

  it("leaves out what may still be undone", () => {
    expect(toSend([item({ holdUntil: 200 })], 1, 100)).toEqual([]);
  });

  it("never has what somebody else did", () => {
    expect(toSend([item({ owner: 2 })], 1, 100)).toEqual([]);
    expect(waiting([item({ owner: 2 })], 1)).toEqual([]);
  });
});

describe("an item", () => {
  it("is done with when its record was taken", () => {
    expect(settle(item(), { what: "record" }, ok).item).toBeUndefined();
  });

  it("sends the record first, then its pictures one by one", () => {
    const first = item({ photos: [photo("p1"), photo("p2")] });
    expect(nextStep(first)).toEqual({ what: "record" });
    const second = settle(first, nextStep(first), ok).item!;
    expect(nextStep(second)).toMatchObject({ what: "photo", of: "k", photo: { key: "p1" } });
    const third = settle(second, nextStep(second), ok).item!;
    expect(nextStep(third)).toMatchObject({ what: "photo", photo: { key: "p2" } });
    expect(settle(third, nextStep(third), ok).item).toBeUndefined();
  });

  it("goes on behind the last thing that was acknowledged", () => {
    const sent = item({ state: "recorded", photos: [{ ...photo("p1"), sent: true }, photo("p2")] });
    expect(nextStep(sent)).toMatchObject({ what: "photo", photo: { key: "p2" } });
  });

  it("whose pictures are asked sends them with the record", () => {
    const whole = item({ kind: "fixed", together: true, photos: [photo("p1")] });
    expect(settle(whole, { what: "record" }, ok).item).toBeUndefined();
  });

  it.each(["no network", "later", "signed out", "other user"] as const)("stays as it is: %s", (is) => {
    const before = item();
    expect(settle(before, { what: "record" }, { is })).toEqual({ item: before, goOn: false });
  });
});

describe("a case that moved meanwhile", () => {
  const late = settle(item({ photos: [photo("p1")] }), { what: "record" }, moved).item!;

  it("gets what was seen as a note, under a key of its own", () => {
    expect(nextStep(late)).toEqual({ what: "note", key: "k-n" });
  });

  it("keeps that here to be read, and its pictures follow the note", () => {
    const noted = settle(late, nextStep(late), ok).item!;
    expect([noted.state, noted.why]).toEqual(["noted", "已变动"]);
    expect(nextStep(noted)).toMatchObject({ what: "photo", of: "k-n" });
    const whole = settle(noted, nextStep(noted), ok).item;
    expect(whole).toMatchObject({ state: "noted", number: "20261122-0001" });
  });

  it("keeps it here alone where no note is taken, with the first reason", () => {
    const refused = settle(late, nextStep(late), { ...moved, message: "没有权限", moved: false }).item!;
    expect([refused.state, refused.why, nextStep(refused).what]).toEqual(["refused", "已变动", "nothing"]);
  });
});

describe("a refusal", () => {
  it("of a record stays to be read and is not sent again", () => {
    const refused = settle(item({ kind: "fixed" }), { what: "record" }, { ...moved, code: "point_outside" });
    expect(refused).toMatchObject({ goOn: true, item: { state: "refused", code: "point_outside" } });
    expect(toSend([refused.item!], 1, 100)).toEqual([]);
  });

  it("of a picture does not send that picture again, and says so", () => {
    const with2 = item({ state: "recorded", photos: [photo("p1"), photo("p2")] });
    const next = settle(with2, nextStep(with2), { ...moved, message: "太大" }).item!;
    expect(nextStep(next)).toMatchObject({ photo: { key: "p2" } });
    expect(settle(next, nextStep(next), ok).item).toMatchObject({ why: "太大", state: "recorded" });
  });
});

describe("the list", () => {
  it("has no card that was decided on here", () => {
    expect(stillToDo([{ task_id: 7 }, { task_id: 8 }], [item()], 1)).toEqual([{ task_id: 8 }]);
  });
});
