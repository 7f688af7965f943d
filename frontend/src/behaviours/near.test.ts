import { expect, test } from "vitest";

import { metres, nearestFirst, pointOf, type Point } from "./near";

test("a hundredth of a degree of latitude is 1.1 km", () => {
  expect(metres([120.17, 30.24], [120.17, 30.25])).toBeCloseTo(1112, 0);
});

test("eastwards it is less than northwards", () => {
  expect(metres([120.17, 30.24], [120.18, 30.24])).toBeLessThan(1000);
});

test("the nearest is first; what lies nowhere stays behind in its order", () => {
  const items: Record<string, Point | undefined> = {
    far: [120.3, 30.3],
    nowhere: undefined,
    near: [120.171, 30.241],
    neither: undefined,
  };
  const sorted = nearestFirst(Object.keys(items), (name) => items[name], [120.17, 30.24]);
  expect(sorted.map(([name]) => name)).toEqual(["near", "far", "nowhere", "neither"]);
});

test.each(["", undefined, "120.1", "a,b"])("%s is no point", (told) => {
  expect(pointOf(told)).toBeUndefined();
});
