import { describe, expect, it } from "vitest";

import { amountOf, leftAt, stateOf } from "./due";

const HOUR = 3600;
const DAY = 24 * HOUR;
const WORKING_DAY = 8 * HOUR;

describe("an amount", () => {
  // The same table as in tests/unit/web/test_due.py.
  it.each([
    [3 * DAY + 5 * HOUR, DAY, [["days", 3]]],
    [DAY + 4 * HOUR + 59, DAY, [["days", 1], ["hours", 4]]],
    [DAY, DAY, [["days", 1]]],
    [WORKING_DAY, WORKING_DAY, [["days", 1]]],
    [12 * HOUR + 40 * 60, DAY, [["hours", 12]]],
    [3 * HOUR + 20 * 60 + 59, DAY, [["hours", 3], ["minutes", 20]]],
    [5 * HOUR, DAY, [["hours", 5]]],
    [12 * 60, DAY, [["minutes", 12]]],
    [59, DAY, []],
    [0, DAY, []],
  ])("%i s with days of %i s", (seconds, day, amount) => {
    expect(amountOf(seconds, day)).toEqual(amount);
  });
});

describe("what is left", () => {
  it("runs through", () => {
    expect(leftAt(60_000, 100, 0)).toBe(40);
    expect(leftAt(160_000, 100, 0)).toBe(-60);
  });

  it("stands when the office has closed", () => {
    expect(leftAt(500_000, 100, 0, 30_000)).toBe(70);
  });

  it("stands where the clock stood already", () => {
    expect(leftAt(500_000, 100, 10_000, 10_000)).toBe(100);
  });

  it("never grows when this machine's clock is behind the server's", () => {
    expect(leftAt(0, 100, 60_000)).toBe(100);
  });
});

describe("the state", () => {
  it.each([
    [25, 100, "ok"],
    [24, 100, "soon"],
    [0, 100, "soon"],
    [-1, 100, "late"],
  ])("%i of %i is %s", (left, amount, state) => {
    expect(stateOf(left, amount)).toBe(state);
  });
});
