import { describe, expect, it } from "vitest";

import { maySend, nameOf, type Pressed } from "./keys";

function pressed(key: string, more: Partial<Pressed> = {}): Pressed {
  return { key, code: "", altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more };
}

describe("the name of a key", () => {
  it.each([
    ["1", "1"],
    ["j", "j"],
    ["J", "j"], // caps lock
    ["/", "/"],
    ["Enter", "enter"],
  ])("%s is %s", (key, name) => {
    expect(nameOf(pressed(key))).toBe(name);
  });

  it.each(["Tab", "Escape", "ArrowDown", "F5", " ", "Backspace", "PageDown", "Process"])(
    "%s stays the browser's",
    (key) => {
      expect(nameOf(pressed(key))).toBeUndefined();
    },
  );

  it.each([
    pressed("k", { ctrlKey: true }),
    pressed("r", { metaKey: true }),
    pressed("J", { shiftKey: true }),
    pressed("Enter", { shiftKey: true }),
    pressed("ArrowLeft", { altKey: true, code: "ArrowLeft" }),
    pressed("1", { altKey: true, ctrlKey: true, code: "Digit1" }),
  ])("no single key with a modifier: %o", (event) => {
    expect(nameOf(event)).toBeUndefined();
  });

  it("takes Alt with a digit by its place, whatever the keyboard writes", () => {
    expect(nameOf(pressed("¡", { altKey: true, code: "Digit1" }))).toBe("alt+1");
    expect(nameOf(pressed("†", { altKey: true, code: "KeyT" }))).toBe("alt+t");
  });

  it("knows Ctrl-Enter", () => {
    expect(nameOf(pressed("Enter", { ctrlKey: true }))).toBe("control+enter");
  });

  it("takes a sign that needs shift on some keyboards", () => {
    expect(nameOf(pressed("/", { shiftKey: true }))).toBe("/");
  });
});

describe("a key that sends a form", () => {
  const signs = {} as HTMLFormElement;
  const sendsBack = {} as HTMLFormElement;
  const reason = { value: "再拍一张", defaultValue: "", form: sendsBack };
  const draft = { value: "已修好", defaultValue: "已修好", form: null };

  it("sends it where nothing is written", () => {
    expect(maySend(signs, [{ ...reason, value: " " }, draft])).toBe(true);
  });

  it("sends no other one than that in which something is written", () => {
    expect(maySend(signs, [reason, draft])).toBe(false);
    expect(maySend(sendsBack, [reason, draft])).toBe(true);
  });

  it("may press what sends nothing", () => {
    expect(maySend(null, [reason])).toBe(true);
  });
});
