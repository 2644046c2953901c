/** Colours that can be read: black or white on an accent, and the accent on a page. Source: WCAG 2.2. */

/** Relative luminance, 0 to 1, of `#rrggbb`. */
export function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever reads better on the colour: 4.58 to 1 at the least, which no softer black is. */
export function inkOn(accent: string): string {
  return contrast(accent, "#ffffff") >= contrast(accent, "#000000") ? "#ffffff" : "#000000";
}

/** The accent, moved towards the ink until it reads on the page with at least 4.5 to 1. */
export function readableOn(accent: string, page: string): string {
  const towards = luminance(page) > 0.5 ? 0 : 255;
  let shade = accent;
  for (let step = 1; step <= 20 && contrast(shade, page) < 4.5; step += 1) {
    shade = mixed(accent, towards, step / 20);
  }
  return shade;
}

function mixed(hex: string, towards: number, share: number): string {
  const parts = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16);
    return Math.round(value + (towards - value) * share)
      .toString(16)
      .padStart(2, "0");
  });
  return `#${parts.join("")}`;
}
