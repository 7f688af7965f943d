/** One map in its box: ground, keys, words in the reader's language. */
import type { FeatureCollection } from "geojson";
import { AttributionControl, type GeoJSONSource, Map as MapLibre, NavigationControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";

import { say } from "../behaviours/words";
import { around, type Edges } from "./cells";
import { groundOf, namesOf, NOTHING, tokens } from "./ground";
import { drawMark, MARKS, SHARP } from "./marks";

setWorkerUrl(new URL(workerUrl, import.meta.url).href);

const SCALES = [10, 12, 14, 16];
const CHINA: Edges = [73, 18, 135, 54];

export interface Opened {
  map: MapLibre;
  ground: FeatureCollection; // the divisions
}

/** Open a map; it shows the edges asked for, else the whole district. */
export async function open(box: HTMLElement, edges?: Edges): Promise<Opened> {
  const ground = await read(box.dataset["divisions"] ?? "", 14);
  const ink = tokens();
  const key = box.dataset["tianditu"];
  const view = edges ?? edgesOfGround(ground) ?? CHINA;
  box.replaceChildren();
  const map = new MapLibre({
    container: box,
    style: groundOf(ink, key),
    bounds: view,
    fitBoundsOptions: { padding: edges ? 0 : { top: 16, right: 16, bottom: 48, left: 16 } },
    maxZoom: 20,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    locale: {
      "Map.Title": box.dataset["label"] ?? "",
      "NavigationControl.ZoomIn": say("map_zoom_in"),
      "NavigationControl.ZoomOut": say("map_zoom_out"),
      "Popup.Close": say("map_close"),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  if (key) map.addControl(new AttributionControl({ compact: true }));
  await new Promise((done) => map.once("load", done));
  put(map, "divisions", ground);
  put(map, "names", namesOf(ground));
  addMarks(map);
  refineWithZoom(map, box);
  return { map, ground };
}

export function put(map: MapLibre, source: string, data: FeatureCollection): void {
  map.getSource<GeoJSONSource>(source)?.setData(data);
}

/** Fetch borders; without them the map still shows its points. */
export async function read(address: string, zoom: number): Promise<FeatureCollection> {
  if (!address) return NOTHING;
  const answer = await fetch(`${address}?zoom=${String(zoom)}`);
  return answer.ok ? ((await answer.json()) as FeatureCollection) : NOTHING;
}

export function edgesOfGround(ground: FeatureCollection): Edges | undefined {
  const outer = ground.features.find(({ properties }) => properties?.["level"] === "DISTRICT")?.geometry;
  if (outer?.type === "Polygon") return around(outer.coordinates.flat(), 0);
  if (outer?.type === "MultiPolygon") return around(outer.coordinates.flat(2), 0);
  return undefined;
}

function scaleOf(zoom: number): number {
  return SCALES.find((scale) => zoom <= scale) ?? 16;
}

function refineWithZoom(map: MapLibre, box: HTMLElement): void {
  let drawn = 14;
  map.on("zoomend", () => {
    const wanted = scaleOf(map.getZoom());
    if (wanted <= drawn) return;
    drawn = wanted;
    void read(box.dataset["divisions"] ?? "", wanted).then((finer) => put(map, "divisions", finer));
  });
}

function addMarks(map: MapLibre): void {
  const ink = tokens();
  const colours = { OK: "text-2", SOON: "soon", LATE: "late", HOLD: "hold", DONE: "ok" } as const;
  for (const mark of MARKS) {
    const shape = ink(colours[mark]);
    const ground = ink("surface");
    map.addImage(mark, drawMark(mark, { shape, ground, ring: "" }), { pixelRatio: SHARP });
    map.addImage(`${mark}!`, drawMark(mark, { shape, ground, ring: ink("late") }), { pixelRatio: SHARP });
  }
}
