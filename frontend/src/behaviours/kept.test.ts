import { describe, expect, it } from "vitest";

import { afterLoad, differs, type Kept } from "./kept";

const words: Kept = { values: { words: ["路灯不亮"] }, sent: false };
const sent: Kept = { ...words, sent: true };

describe("kept words when a page is loaded", () => {
  it("stay while they weren't sent", () => {
    expect(afterLoad(words, { refused: false, cameBack: false, answered: true })).toEqual(words);
  });

  it("go when they were sent and nothing went wrong", () => {
    expect(afterLoad(sent, { refused: false, cameBack: false, answered: true })).toBeUndefined();
  });

  it("stay when the answer is an error", () => {
    expect(afterLoad(sent, { refused: true, cameBack: false, answered: true })).toEqual(words);
  });

  it("stay when the browser came back: the answer may never have come", () => {
    expect(afterLoad(sent, { refused: false, cameBack: true, answered: true })).toEqual(words);
  });
});

describe("a line that broke", () => {
  it("leaves the words where no answer came: the address was typed anew", () => {
    expect(afterLoad(sent, { refused: false, cameBack: false, answered: false })).toEqual(words);
  });
});

describe("kept and shown values", () => {
  it("are the same", () => {
    expect(differs({ a: ["1"], b: [] }, { a: ["1"] })).toBe(false);
  });

  it("differ in a value, in an empty field, in a tick", () => {
    expect(differs({ a: ["1"] }, { a: ["2"] })).toBe(true);
    expect(differs({ a: ["1"] }, { a: [] })).toBe(true);
    expect(differs({ a: ["1", "2"] }, { a: ["1"] })).toBe(true);
  });
});
