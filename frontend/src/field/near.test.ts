import { describe, expect, it } from "vitest";

import { distance, inOrder } from "./near";

const card = (place: string, lng: number | null, due_at = "") => ({ place, lng, lat: lng === null ? null : 30, due_at });
const here = { lng: 120, lat: 30 };

describe("distance", () => {
  it("of a hundredth of a degree of latitude is 1.1 km", () => {
    expect(distance(here, { lng: 120, lat: 30.01 })).toBeCloseTo(1112, 0);
  });
});

describe("order", () => {
  const cards = [card("丙", null, "2026-01-01"), card("乙", 120.2, "2026-01-03"), card("甲", 120.1)];
  const named = (order: "near" | "due" | "place") => inOrder(cards, order, here).map((each) => each.place);

  it("by nearness has last what has no position", () => {
    expect(named("near")).toEqual(["甲", "乙", "丙"]);
  });

  it("by limit has last what has none", () => {
    expect(named("due")).toEqual(["丙", "乙", "甲"]);
  });

  it("by place puts together what lies together", () => {
    expect(new Set(named("place"))).toEqual(new Set(["甲", "乙", "丙"]));
  });
});
