import { expect, it } from "vitest";

import { around, boxInWords, edgesOf, hexagon, hexagonsOf, middlesOf, pointsOf, stepOf } from "./cells";

it("draws a closed hexagon whose neighbours touch it", () => {
  const one = hexagon(0, 0, 2, 3);
  const right = hexagon(2, 0, 2, 3);
  const above = hexagon(1, 1.5, 2, 3);

  expect(one).toHaveLength(7);
  expect(one[0]).toEqual(one[6]);
  expect(one[1]).toEqual([1, -0.5]);
  expect(one[2]).toEqual(right[4]); // a common corner
  expect(one[2]).toEqual(above[0]);
  expect(one[3]).toEqual(above[5]);
});

it("takes steps by the share of the highest", () => {
  expect([0, 10, 11, 31, 61, 100].map((count) => stepOf(count, 100))).toEqual([0, 0, 1, 2, 3, 3]);
  expect(stepOf(0, 0)).toBe(0);
});

it("makes features of what the server says", () => {
  const drawn = { total: 5, width: 2, height: 3, cells: [[1, 2, 5, 1] as [number, number, number, number]], points: [] };

  expect(hexagonsOf(drawn).features[0]?.properties).toEqual({ step: 3 });
  expect(middlesOf(drawn).features[0]?.properties).toEqual({ cases: 5, late: 1 });
  const point = pointsOf({ total: 1, points: [["20260302-0001", 120.1, 30.2, "LATE", 1]] }).features[0];
  expect(point?.geometry.coordinates).toEqual([120.1, 30.2]);
  expect(point?.properties).toEqual({ number: "20260302-0001", mark: "LATE", pressing: 1, late: 1 });
});

it("names a box in the address and reads it back", () => {
  expect(boxInWords([120.123456, 30, 120.2, 30.1])).toBe("120.12346,30.00000,120.20000,30.10000");
  expect(boxInWords([-999, -99, 999, 99])).toBe("-180.00000,-90.00000,180.00000,90.00000");
  expect(edgesOf("120.1,30.2,120.2,30.3")).toEqual([120.1, 30.2, 120.2, 30.3]);
  for (const nonsense of [undefined, "", "1,2,3", "a,b,c,d", "2,1,1,2", "1,2,3,4,5"]) {
    expect(edgesOf(nonsense)).toBeUndefined();
  }
});

it("finds the box around points, with room around one alone", () => {
  expect(around([])).toBeUndefined();
  expect(around([[1, 1], [3, 2]], 0)).toEqual([1, 1, 3, 2]);
  expect(around([[1, 1]], 1)).toEqual([0, 0, 2, 2]);
});
