/** The companies that were signed in to in this browser, the last one first; their short names, nobody's. */

export interface Company {
  slug: string;
  name?: string;
}

const KEPT = "frontdesk.tenants";
const MOST = 6;

export function companies(): Company[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isCompany).slice(0, MOST) : [];
  } catch {
    return []; // written by something else
  }
}

/** Puts a company first. A name that is not known yet is the one from before. */
export function signedInTo({ slug, name }: Company): void {
  const before = companies();
  const known = name ?? before.find((one) => one.slug === slug)?.name;
  const rest = before.filter((one) => one.slug !== slug);
  const first = known ? { slug, name: known } : { slug };
  localStorage.setItem(KEPT, JSON.stringify([first, ...rest].slice(0, MOST)));
}

function isCompany(value: unknown): value is Company {
  return typeof value === "object" && value !== null && typeof (value as Company).slug === "string";
}
