import { expect, test } from "vitest";
import { contrast, inkOn, luminance, readableOn } from "./contrast";

const PAGES = ["#ffffff", "#1b1e1d"];

test.each([
  ["#000000", 0],
  ["#ffffff", 1],
  ["#ff0000", 0.2126],
  ["#00ff00", 0.7152],
  ["#0000ff", 0.0722],
  ["#808080", 0.2159],
  ["#0a0a0a", 0.003], // below the bend of the curve
])("the luminance of %s is %d", (colour, value) => {
  expect(luminance(colour)).toBeCloseTo(value, 4);
});

test.each([
  ["#000000", "#ffffff", 21],
  ["#ffffff", "#ffffff", 1],
  ["#777777", "#ffffff", 4.48], // the well-known grey that just fails
  ["#767676", "#ffffff", 4.54], // and the one that just passes
  ["#ff0000", "#ffffff", 4.0],
  ["#0000ff", "#ffffff", 8.59],
])("%s on %s has %d to 1, whichever is asked of first", (one, other, ratio) => {
  expect(contrast(one, other)).toBeCloseTo(ratio, 2);
  expect(contrast(other, one)).toBe(contrast(one, other));
});

test.each([
  ["#000000", "#ffffff"],
  ["#1f6f5c", "#ffffff"],
  ["#0000ff", "#ffffff"],
  ["#ffffff", "#000000"],
  ["#ffe600", "#000000"],
  ["#00ff00", "#000000"],
])("ink on %s is %s", (accent, ink) => {
  expect(inkOn(accent)).toBe(ink);
});

test("an accent that reads already stays as it is", () => {
  expect(readableOn("#0000ff", "#ffffff")).toBe("#0000ff");
  expect(readableOn("#ffe600", "#1b1e1d")).toBe("#ffe600");
});

test("one that does not is moved towards the ink, no further than is needed", () => {
  const shade = readableOn("#ffe600", "#ffffff");
  expect(luminance(shade)).toBeLessThan(luminance("#ffe600"));
  expect(contrast(shade, "#ffffff")).toBeLessThan(5.5);
  expect(shade.endsWith("00")).toBe(true); // it is a yellow still
  expect(luminance(readableOn("#1f2f3c", "#1b1e1d"))).toBeGreaterThan(luminance("#1f2f3c"));
});

test("any accent gets ink that reads, and is readable on either page", () => {
  const steps = [0, 51, 102, 128, 153, 204, 255].map((one) => one.toString(16).padStart(2, "0"));
  for (const r of steps)
    for (const g of steps)
      for (const b of steps) {
        const accent = `#${r}${g}${b}`;
        expect(contrast(inkOn(accent), accent), accent).toBeGreaterThanOrEqual(4.5);
        for (const page of PAGES)
          expect(contrast(readableOn(accent, page), page), accent).toBeGreaterThanOrEqual(4.5);
      }
});
