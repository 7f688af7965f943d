/** The words of this page, as the server wrote them on it. */
import { fill, type Params } from "../behaviours/words";

const said = (name: string): string => document.body.dataset[name] ?? "{}";

let words: Record<string, string> | undefined;

export function word(name: string, params: Params = {}): string {
  words ??= JSON.parse(said("fieldWords")) as Record<string, string>;
  return fill(words[name] ?? "", params);
}

export function reasons(name: "fail" | "cannot" | "refute"): string[] {
  return (JSON.parse(said("reasons")) as Record<string, string[]>)[name] ?? [];
}
