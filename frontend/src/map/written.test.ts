import { expect, it } from "vitest";

import { cornersOf, edgesOf, numbersOf, type Shown } from "./grids";
import { drawnIn, written } from "./written";

const LINE = { type: "LineString" as const, coordinates: [[120.1, 30.2], [120.3, 30.4]] };
const RING = [[120, 30], [120.2, 30], [120.2, 30.2], [120, 30]];

it("writes what is drawn to the millimetre and reads it back", () => {
  const fine = { ...LINE, coordinates: [[120.123456789, 30, 7], [121, 31]] };

  expect(written(fine)).toBe('{"type":"LineString","coordinates":[[120.12345679,30],[121,31]]}');
  expect(drawnIn(written(LINE))).toEqual(LINE);
  expect(drawnIn(JSON.stringify(fine))?.coordinates[0]).toEqual([120.12345679, 30]); // no finer than can be drawn
  const polygon = { type: "Polygon" as const, coordinates: [RING] };
  expect(drawnIn(written(polygon))).toEqual(polygon);
});

it("reads features and collections too", () => {
  const feature = { type: "Feature", properties: {}, geometry: LINE };

  expect(drawnIn(JSON.stringify(feature))).toEqual(LINE);
  expect(drawnIn(JSON.stringify({ type: "FeatureCollection", features: [feature] }))).toEqual(LINE);
});

it("takes nothing else", () => {
  const no = ["", "x", "null", "{}", '{"type":"Point","coordinates":[1,2]}', '{"type":"LineString","coordinates":[["1",2],[3,4]]}', '{"type":"Polygon","coordinates":[]}', '{"type":"Polygon","coordinates":[[[1,2],[3,4]]]}'];

  for (const text of no) expect(drawnIn(text)).toBeUndefined();
});

it("looks at the community's own grids and numbers them", () => {
  const shown: Shown = {
    type: "FeatureCollection",
    features: [
      { type: "Feature", properties: { part: "grid", code: "330102001001007" }, geometry: { type: "Polygon", coordinates: [RING] } },
      { type: "Feature", properties: { part: "around", code: "330102001002001" }, geometry: { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] } },
      { type: "Feature", properties: { part: "fault" }, geometry: { type: "GeometryCollection", geometries: [{ type: "Point", coordinates: [120.1, 30.1] }] } },
    ],
  };

  const edges = edgesOf(shown);
  expect(edges?.[0]).toBeGreaterThan(119);
  expect(edges?.[2]).toBeLessThan(121);
  expect(numbersOf(shown).features.map(({ properties }) => properties?.["number"])).toEqual(["007", "001"]);
  expect(cornersOf({ type: "GeometryCollection", geometries: [LINE] })).toHaveLength(2);
});
