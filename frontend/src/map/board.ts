/** The page of the map: cases in view drawn and listed, filters and view kept in the address. */
import { type Map as MapLibre, Popup } from "maplibre-gl";

import { say } from "../behaviours/words";
import { addCases, drawCases, onCase } from "./cases";
import { boxInWords, type Drawn, edgesOf } from "./cells";
import { open, put, read } from "./open";

const REST = 200; // milliseconds without a move before the server is asked

export async function openBoard(box: HTMLElement): Promise<void> {
  const form = document.querySelector<HTMLFormElement>("#map-filters");
  const { map } = await open(box, edgesOf(box.dataset["bbox"]));
  addCases(map, true);
  onCase(map, (number, where) => void showCard(map, box, number, where));
  const layers = layersOf(form);
  const look = (): void => void refresh(map, box, form, layers.has("hexagons"));
  offerLayers(map, box, form, layers, look);
  let waiting = 0;
  map.on("moveend", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(look, REST);
  });
  look();
}

let asked = 0;

async function refresh(map: MapLibre, box: HTMLElement, form: HTMLFormElement | null, density: boolean): Promise<void> {
  const turn = ++asked;
  const query = viewOf(map, form);
  keepInAddress(query);
  const list = document.querySelector("#map-list");
  try {
    const cases = new URLSearchParams(query);
    if (density) cases.set("density", "1");
    const [drawn, rows] = await Promise.all([
      fetched(`${box.dataset["cases"] ?? ""}?${cases.toString()}`).then((answer) => answer.json() as Promise<Drawn>),
      fetched(`${box.dataset["list"] ?? ""}?${query.toString()}`).then((answer) => answer.text()),
    ]);
    if (turn !== asked) return; // the view moved on
    drawCases(map, drawn, density);
    if (list) list.innerHTML = rows;
    tell(drawn);
    box.dataset["drawn"] = String(drawn.total);
  } catch {
    if (turn === asked) tell(undefined);
  }
}

async function fetched(address: string): Promise<Response> {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer;
}

function viewOf(map: MapLibre, form: HTMLFormElement | null): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of form ? new FormData(form) : []) {
    if (typeof value === "string" && value && name !== "layer" && name !== "bbox") query.set(name, value);
  }
  const [[west, south], [east, north]] = map.getBounds().toArray();
  query.set("bbox", boxInWords([west, south, east, north]));
  query.set("zoom", String(Math.round(map.getZoom())));
  return query;
}

/** The view in the address, and in the form, so that a filter keeps it. */
function keepInAddress(query: URLSearchParams): void {
  const kept = new URLSearchParams(query);
  for (const layer of new URLSearchParams(location.search).getAll("layer")) kept.append("layer", layer);
  history.replaceState(history.state, "", `${location.pathname}?${kept.toString()}`);
  const form = document.querySelector<HTMLFormElement>("#map-filters");
  for (const name of ["bbox", "zoom"]) {
    let field = form?.querySelector<HTMLInputElement>(`input[name=${name}]`);
    if (!field && form) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      form.append(field);
    }
    if (field) field.value = query.get(name) ?? "";
  }
}

function tell(drawn: Drawn | undefined): void {
  const says = document.querySelector("[data-map-says]");
  if (!says) return;
  if (!drawn) says.textContent = say("map_failed");
  else if (drawn.late) says.textContent = say("map_all", { n: drawn.total, late: drawn.late });
  else says.textContent = say("map_points", { n: drawn.total });
}

type Layers = Set<string>;

function layersOf(form: HTMLFormElement | null): Layers {
  const named = new URLSearchParams(location.search).getAll("layer");
  const boxes = form?.querySelectorAll<HTMLInputElement>("input[name=layer]") ?? [];
  if (named.length) for (const each of boxes) each.checked = named.includes(each.value);
  return new Set([...boxes].filter((each) => each.checked).map((each) => each.value));
}

function offerLayers(map: MapLibre, box: HTMLElement, form: HTMLFormElement | null, layers: Layers, look: () => void): void {
  const choices = form?.querySelector<HTMLElement>("[data-map-layers]");
  if (!choices) return;
  choices.hidden = false;
  let loaded = false;
  const apply = (): void => {
    const show = (layer: string, on: boolean): void => void map.setLayoutProperty(layer, "visibility", on ? "visible" : "none");
    show("communities", layers.has("communities"));
    show("names-COMMUNITY", layers.has("communities"));
    show("grids", layers.has("grids"));
    if (!layers.has("grids") || loaded) return;
    loaded = true;
    void read(box.dataset["grids"] ?? "", 16).then((grids) => put(map, "grids", grids));
  };
  choices.addEventListener("change", (event) => {
    const { value, checked } = event.target as HTMLInputElement;
    if (checked) layers.add(value);
    else layers.delete(value);
    const query = new URLSearchParams(location.search);
    query.delete("layer");
    for (const layer of layers.size ? layers : ["none"]) query.append("layer", layer);
    history.replaceState(history.state, "", `${location.pathname}?${query.toString()}`);
    apply();
    if (value === "hexagons") look();
  });
  apply();
}

async function showCard(map: MapLibre, box: HTMLElement, number: string, where: [number, number]): Promise<void> {
  const popup = new Popup({ maxWidth: "320px", closeButton: true }).setLngLat(where).setText(number).addTo(map);
  try {
    const answer = await fetched(`${box.dataset["card"] ?? ""}${encodeURIComponent(number)}`);
    const card = document.createElement("div");
    card.innerHTML = await answer.text();
    popup.setDOMContent(card);
    card.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  } catch {
    popup.setText(say("map_card_failed"));
  }
}
