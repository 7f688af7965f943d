/** Small maps: where one case is; where those of a list are; where one points to. */
import { Marker } from "maplibre-gl";

import { say } from "../behaviours/words";
import { addCases, drawCases, onCase } from "./cases";
import { around, type Drawn } from "./cells";
import { tokens } from "./ground";
import { edgesOfGround, open, put, read } from "./open";

/** One case and the grid around it. */
export async function openSpot(box: HTMLElement): Promise<void> {
  const where: [number, number] = [Number(box.dataset["lng"]), Number(box.dataset["lat"])];
  const { map } = await open(box, around([where]));
  new Marker({ color: tokens()("accent") }).setLngLat(where).addTo(map);
  const grids = await read(box.dataset["grids"] ?? "", 16);
  const code = box.dataset["grid"];
  put(map, "grids", { ...grids, features: grids.features.filter(({ properties }) => properties?.["code"] === code) });
  box.dataset["drawn"] = "1";
}

/** The cases of the list on this page, and no others; a click opens the case in its list. */
export async function openQueue(box: HTMLElement): Promise<void> {
  const rows = [...document.querySelectorAll<HTMLElement>("#queue [data-number]")];
  const numbers = rows.map((row) => row.dataset["number"] ?? "");
  const address = `${box.dataset["cases"] ?? ""}?numbers=${encodeURIComponent(numbers.join(","))}`;
  await openPoints(box, address, false, (number) => rows.find((row) => row.dataset["number"] === number)?.click());
}

/** All that a list was narrowed to, however many pages it has; a click opens the case. */
export async function openFound(box: HTMLElement): Promise<void> {
  const address = box.dataset["cases"] ?? "";
  await openPoints(box, address, true, (number) => location.assign(`${box.dataset["list"] ?? ""}${number}/`));
}

async function openPoints(
  box: HTMLElement,
  address: string,
  gathers: boolean,
  go: (number: string) => void,
): Promise<void> {
  const answer = await fetch(address);
  const drawn = (answer.ok ? await answer.json() : { total: 0, points: [] }) as Drawn;
  const { map } = await open(box, around(drawn.points.map(([, lng, lat]) => [lng, lat])));
  addCases(map, gathers);
  drawCases(map, drawn, false);
  onCase(map, go);
  box.dataset["drawn"] = String(drawn.total);
}

/** Where it is, by a click or by the middle of the map; the fields beside it say so in words. */
export async function openPick(box: HTMLElement): Promise<void> {
  const { map, ground } = await open(box);
  const marker = new Marker({ color: tokens()("accent") });
  const whole = edgesOfGround(ground);
  const pick = (lng: number, lat: number): void => {
    if (whole && !(whole[0] <= lng && lng <= whole[2] && whole[1] <= lat && lat <= whole[3])) {
      tellPicked(box, say("map_outside"));
      return;
    }
    marker.setLngLat([lng, lat]).addTo(map);
    const [community] = map.queryRenderedFeatures(map.project([lng, lat]), { layers: ["pointed"] });
    const place = String(community?.properties["name"] ?? say("map_unknown_place"));
    box.dispatchEvent(new CustomEvent("map:picked", { bubbles: true, detail: { lng, lat, place } }));
    tellPicked(box, say("map_pointed", { place }));
  };
  map.on("click", ({ lngLat }) => pick(lngLat.lng, lngLat.lat));
  const button = box.parentElement?.querySelector<HTMLButtonElement>("[data-map-middle]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => pick(map.getCenter().lng, map.getCenter().lat));
  }
  box.dataset["drawn"] = "1";
}

function tellPicked(box: HTMLElement, words: string): void {
  const told = box.parentElement?.querySelector("[data-map-says]");
  if (told) told.textContent = words;
}
