/** Without a network a form stays as it is, with its files, instead of giving way to an error page. */
import { say, tell } from "./words";

export function holdWithoutNetwork(): void {
  document.addEventListener(
    "submit",
    (event) => {
      if (navigator.onLine) return;
      event.preventDefault();
      event.stopPropagation(); // before what takes it as sent
      tell(say("no_network"), "error");
    },
    { capture: true },
  );
}
