/** data-share hands text (and data-share-url) to the phone's own sharing; else it is copied. */
import { say, tell } from "./words";

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell(say("copied"));
  } catch {
    tell(say("copy_failed"), "warning"); // no clipboard without https
  }
}

async function share(text: string, url: string | undefined): Promise<void> {
  if (typeof navigator.share !== "function") {
    await copy(url ? `${text} ${url}` : text);
    return;
  }
  try {
    await navigator.share(url ? { text, url } : { text });
  } catch (error) {
    if ((error as Error).name !== "AbortError") await copy(url ? `${text} ${url}` : text);
  }
}

export function offerSharing(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy], [data-share]");
    if (!button) return;
    const { copy: copied, share: shared, shareUrl } = button.dataset;
    const url = shareUrl === undefined ? undefined : new URL(shareUrl, location.href).href;
    if (copied !== undefined) void copy(copied);
    else void share(shared ?? "", url);
  });
}
