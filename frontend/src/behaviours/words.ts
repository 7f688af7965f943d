/** Words come from the server, in the reader's language: <body data-words='{"copied": "已复制"}'>. */

export type Params = Record<string, string | number>;

export function fill(pattern: string, params: Params = {}): string {
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

let words: Record<string, string> | undefined;

export function say(name: string, params: Params = {}): string {
  words ??= JSON.parse(document.body.dataset["words"] ?? "{}") as Record<string, string>;
  return fill(words[name] ?? "", params);
}

export type Said = "success" | "warning" | "error";

/** Tell something in the strip under the bar, where screen readers hear it too. */
export function tell(text: string, kind: Said = "success"): void {
  const strip = document.getElementById("says");
  if (!strip) return;
  const said = document.createElement("p");
  said.className = `said said-${kind}`;
  said.textContent = text;
  strip.replaceChildren(said);
}
