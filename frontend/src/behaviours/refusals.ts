/**
 * What htmx does with a no: the error goes beside the form it belongs to ([data-errors], else the
 * strip under the bar), never in the place of what one was working on.
 */
import { say, tell } from "./words";

interface Context {
  sourceElement: Element;
  target: Element | string;
  swap: string;
  select?: string | null;
  text?: string;
  response?: { status: number; raw: Response };
}

export function isOurError(text: string): boolean {
  return text.includes("data-error=") && !/<html[\s>]/i.test(text);
}

function placeFor(source: Element): Element | null {
  const near = source.closest("form, [data-errors-in]")?.querySelector("[data-errors]");
  return near ?? document.getElementById("says");
}

function contextOf(event: Event): Context | undefined {
  return (event as CustomEvent<{ ctx?: Context }>).detail.ctx;
}

export function tellRefusals(): void {
  document.addEventListener("htmx:before:response", (event) => {
    const raw = contextOf(event)?.response?.raw;
    const signIn = document.body.dataset["signIn"];
    if (raw?.redirected && signIn && new URL(raw.url).pathname === signIn) {
      event.preventDefault();
      location.reload(); // signed out meanwhile: the page itself leads to sign in and back
    }
  });
  document.addEventListener("htmx:response:error", (event) => {
    const ctx = contextOf(event);
    if (!ctx) return;
    const place = placeFor(ctx.sourceElement);
    if (place && isOurError(ctx.text ?? "")) {
      ctx.target = place;
      ctx.swap = "innerHTML";
      ctx.select = null;
    } else {
      ctx.swap = "none";
      tell(say("failed"), "error");
    }
  });
  document.addEventListener("htmx:error", (event) => {
    const { error } = (event as CustomEvent<{ error?: unknown }>).detail;
    if (error instanceof TypeError || (error as Error | undefined)?.name === "AbortError") {
      tell(say("offline"), "error");
    }
  });
}
