import { describe, expect, it } from "vitest";

import { stepFrom } from "./lists";
import { around } from "./palette";

describe("a step in a list", () => {
  it("goes on and back and stays at the ends", () => {
    expect(stepFrom(0, 1, 3)).toBe(1);
    expect(stepFrom(2, 1, 3)).toBe(2);
    expect(stepFrom(1, -1, 3)).toBe(0);
    expect(stepFrom(0, -1, 3)).toBe(0);
  });

  it("starts at the nearer end when nothing is chosen", () => {
    expect(stepFrom(-1, 1, 3)).toBe(0);
    expect(stepFrom(-1, -1, 3)).toBe(2);
  });

  it("leads nowhere in an empty list", () => {
    expect(stepFrom(-1, 1, 0)).toBe(-1);
  });
});

describe("an arrow in the palette", () => {
  it("goes round", () => {
    expect(around(2, 1, 3)).toBe(0);
    expect(around(0, -1, 3)).toBe(2);
    expect(around(-1, 1, 3)).toBe(0);
    expect(around(-1, 1, 0)).toBe(-1);
  });
});
