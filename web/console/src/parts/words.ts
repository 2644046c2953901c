/** Names that programs give, as words that people read. */

export function inWords(label: string): string {
  const words = label.replaceAll("_", " ").replace(/\bapi\b/gi, "API");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
