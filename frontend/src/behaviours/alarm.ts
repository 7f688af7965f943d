/**
 * An emergency says so once on each desk: a banner over the bar at the top, which moves nothing, and
 * two short tones, where this browser isn't muted and somebody has touched the page before.
 */
import { say } from "./words";

export interface Emergency {
  number: string;
  words: string;
  place: string;
  href: string;
}

const MUTED = "alarm-muted";
const SEEN = "alarms-seen";
const MOST_SEEN = 50;

/** Which of these nobody here has been told of yet. */
export function unseenOf(told: Emergency[], seen: string[]): Emergency[] {
  return told.filter((each) => !seen.includes(each.number));
}

function seen(): string[] {
  return (localStorage.getItem(SEEN) ?? "").split(",").filter(Boolean);
}

function markSeen(numbers: string[]): void {
  const kept = [...new Set([...seen(), ...numbers])].slice(-MOST_SEEN);
  localStorage.setItem(SEEN, kept.join(","));
}

/** As it was switched in this browser, else as the account says. */
const isMuted = (): boolean => {
  const account = document.querySelector<HTMLElement>("[data-alarm]")?.dataset["muted"];
  return (localStorage.getItem(MUTED) ?? account) === "1";
};

/** Two tones of a fifth of a second; nothing where the browser would not let them sound. */
async function sound(): Promise<void> {
  if (isMuted() || !navigator.userActivation.hasBeenActive) return;
  const context = new AudioContext();
  const ends = context.currentTime + 0.6;
  for (const [starts, pitch] of [[0, 880], [0.3, 1174.7]] as const) {
    const tone = new OscillatorNode(context, { type: "triangle", frequency: pitch });
    const loud = new GainNode(context, { gain: 0.2 });
    tone.connect(loud).connect(context.destination);
    tone.start(context.currentTime + starts);
    tone.stop(context.currentTime + starts + 0.2);
  }
  await new Promise((done) => setTimeout(done, (ends - context.currentTime) * 1000));
  await context.close();
}

function element(name: string, className: string, words: string): HTMLElement {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = words;
  return made;
}

let sounded = new Set<string>();

export function tellEmergencies(told: Emergency[]): void {
  const banner = document.querySelector<HTMLElement>("[data-alarm]");
  if (!banner) return;
  const fresh = unseenOf(told, seen());
  const numbers = fresh.map((each) => each.number);
  const shown = banner.dataset["shows"] ?? "";
  if (shown === numbers.join(",")) return;
  banner.dataset["shows"] = numbers.join(",");
  banner.replaceChildren(...fresh.map(lineOf));
  if (numbers.some((number) => !sounded.has(number))) void sound();
  sounded = new Set(numbers);
}

function lineOf(each: Emergency): HTMLElement {
  const line = element("p", "", "");
  const words = element("span", "alarm-words", `${each.words}　${each.place}`);
  const open = element("a", "btn", say("alarm_open")) as HTMLAnchorElement;
  open.href = each.href;
  open.addEventListener("click", () => {
    markSeen([each.number]);
  });
  const enough = element("button", "btn", say("alarm_seen")) as HTMLButtonElement;
  enough.type = "button";
  enough.addEventListener("click", () => {
    markSeen([each.number]);
    line.remove();
  });
  line.append(element("b", "", say("alarm")), words, open, enough);
  return line;
}

export function offerMute(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-alarm-switch]");
  if (!button) return;
  const draw = (): void => {
    button.setAttribute("aria-checked", String(!isMuted()));
    const state = button.querySelector("span");
    if (state) state.textContent = say(isMuted() ? "switched_off" : "switched_on");
  };
  button.hidden = false;
  draw();
  button.addEventListener("click", () => {
    localStorage.setItem(MUTED, isMuted() ? "0" : "1");
    draw();
  });
}
