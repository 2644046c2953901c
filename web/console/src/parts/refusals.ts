/** Refusals of the server in the words of the page: which field, and what it takes. */

import { Problem, type Wrong } from "../../../client/src/problem";
import { inWords } from "./words";

/** One place, as the API names it without its `body`, and what to say there. */
export interface Refusal {
  place: string;
  words: string;
}

const PREFIXED = /^((?:body\.)?[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*): (.+)$/s;
const NEEDED = "give this field";
const UNKNOWN = "leave this field out";

/** What a refusal says of places; empty where it is about none, and its `detail` says all. */
export function refusalsOf(error: unknown): Refusal[] {
  if (!(error instanceof Problem) || error.code !== "invalid") return [];
  const first = error.errors[0];
  if (first && error.detail === `${first.where}: ${first.what}`)
    return error.errors.map((one) => ({ place: placed(one.where), words: said(one) }));
  const [, where, what] = PREFIXED.exec(error.detail) ?? [];
  return where && what ? [{ place: placed(where), words: sentence(what) }] : [];
}

/** Whether a refusal is about the field of this name, or about a part of what stands in it. */
export function isAbout(refusal: Refusal, name: string): boolean {
  return refusal.place === name || refusal.place.startsWith(`${name}.`);
}

/** A place by the label of its field, else by the parts of its name as words. */
export function placeInWords(place: string, labels: ReadonlyMap<string, string>): string {
  for (let name = place; name; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    const label = labels.get(name);
    if (label) return label;
  }
  const parts = place
    .split(".")
    .map((part) => (/^\d+$/.test(part) ? `${Number(part) + 1}` : inWords(part === "url" ? "address" : part)));
  return parts.join(" › ");
}

function placed(where: string): string {
  return where.replace(/^(body|query)\./, "");
}

function said({ what, right }: Wrong): string {
  if (!right) return sentence(what.replace(/^Input should be/, "It should be"));
  if (right === NEEDED) return "This is needed.";
  if (right.startsWith(UNKNOWN)) return "This does not belong here.";
  return `It takes ${right.replaceAll("'", "")}.`;
}

function sentence(words: string): string {
  const whole = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}
