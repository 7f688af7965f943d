/** Cases on a map: points that gather into clusters, hexagons where there are too many. */
import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, LayerSpecification, Map as MapLibre, MapLayerMouseEvent } from "maplibre-gl";

import { type Drawn, hexagonsOf, middlesOf, pointsOf } from "./cells";
import { NOTHING, tokens, type Tokens } from "./ground";
import { put } from "./open";

const GATHERED_UNTIL = 15;

/** Add what cases are drawn with; `gathers` for clusters of points that lie close. */
export function addCases(map: MapLibre, gathers: boolean): void {
  const ink = tokens();
  for (const name of ["hexagons", "middles"]) map.addSource(name, { type: "geojson", data: NOTHING });
  map.addSource("cases", {
    type: "geojson",
    data: NOTHING,
    cluster: gathers,
    clusterMaxZoom: GATHERED_UNTIL,
    clusterRadius: 36,
    clusterProperties: { late: ["+", ["get", "late"]] },
  });
  map.addLayer(hexagons(ink), "names-SUBDISTRICT");
  for (const layer of [...crowds(ink, "middles", ["get", "cases"]), ...crowds(ink, "cases", ["get", "point_count"])]) map.addLayer(layer);
  map.addLayer(points());
}

/** Draw what the server said. With `density` the ground is coloured, else circles tell how many. */
export function drawCases(map: MapLibre, drawn: Drawn, density: boolean): void {
  put(map, "hexagons", density ? hexagonsOf(drawn) : NOTHING);
  put(map, "middles", middlesOf(drawn));
  put(map, "cases", pointsOf(drawn) as FeatureCollection);
  if (map.getLayer("middles-circle")) map.setLayoutProperty("middles-circle", "visibility", density ? "none" : "visible");
}

function hexagons(ink: Tokens): LayerSpecification {
  const steps = ["match", ["get", "step"], 0, ink("map-0"), 1, ink("map-1"), 2, ink("map-2"), ink("map-3")];
  return {
    id: "hexagons",
    type: "fill",
    source: "hexagons",
    paint: { "fill-color": steps as never, "fill-opacity": 0.85, "fill-outline-color": ink("surface") },
  };
}

function crowds(ink: Tokens, source: string, count: [string, string]): LayerSpecification[] {
  const many = ["has", count[1]] as never;
  const late = [">", ["get", "late"], 0];
  return [
    {
      id: `${source}-circle`,
      type: "circle",
      source,
      filter: many,
      paint: {
        "circle-color": ink("accent-weak"),
        "circle-radius": ["interpolate", ["linear"], ["log10", count], 0, 13, 2, 19, 4, 27] as never,
        "circle-stroke-width": ["case", late, 3, 1.5] as never,
        "circle-stroke-color": ["case", late, ink("late"), ink("accent")] as never,
      },
    },
    {
      id: `${source}-count`,
      type: "symbol",
      source,
      filter: many,
      layout: {
        "text-field": ["case", late, ["format", ["to-string", count], {}, ["concat", "\n◆", ["to-string", ["get", "late"]]], { "text-color": ink("late"), "font-scale": 0.85 }], ["to-string", count]] as never,
        "text-size": 12,
        "text-allow-overlap": true,
      },
      paint: { "text-color": ink("text"), "text-halo-color": ink("surface"), "text-halo-width": 1 },
    },
  ];
}

function points(): LayerSpecification {
  return {
    id: "points",
    type: "symbol",
    source: "cases",
    filter: ["!", ["has", "point_count"]],
    layout: {
      "icon-image": ["concat", ["get", "mark"], ["case", ["==", ["get", "pressing"], 1], "!", ""]] as never,
      "icon-allow-overlap": true,
      "symbol-sort-key": ["get", "late"] as never,
    },
  };
}

/** Tell what is clicked: a case by its number; a crowd is looked at more closely. */
export function onCase(map: MapLibre, then: (number: string, at: [number, number]) => void): void {
  const hit = (event: MapLayerMouseEvent) => event.features?.[0];
  map.on("click", "points", (event) => {
    const feature = hit(event);
    if (feature?.geometry.type !== "Point") return;
    then(String(feature.properties["number"]), feature.geometry.coordinates as [number, number]);
  });
  map.on("click", "middles-circle", (event) => map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2 }));
  map.on("click", "hexagons", (event) => map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2 }));
  map.on("click", "cases-circle", (event) => {
    const cluster = hit(event)?.properties["cluster_id"] as number | undefined;
    if (cluster === undefined) return;
    void map.getSource<GeoJSONSource>("cases")?.getClusterExpansionZoom(cluster).then((zoom) => {
      map.easeTo({ center: event.lngLat, zoom });
    });
  });
  for (const layer of ["points", "cases-circle", "middles-circle", "hexagons"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
}
