/**
 * Text of others as a tree that is drawn as elements, never as markup: paragraphs, lists, bold,
 * code and web links. Whatever else a text holds stays the characters it is.
 */

export type Span =
  | { kind: "text"; text: string }
  | { kind: "bold"; text: string }
  | { kind: "code"; text: string }
  | { kind: "link"; text: string; href: string };

export type Part =
  | { kind: "paragraph"; lines: Span[][] }
  | { kind: "list"; ordered: boolean; items: Span[][] };

const BULLET = /^\s*[-*•]\s+(?=\S)/;
const NUMBER = /^\s*\d{1,3}[.)]\s+(?=\S)/;
const SPANS =
  /\*\*([^*\n]{1,500})\*\*|`([^`\n]{1,500})`|\[([^\]\n]{1,300})\]\((https?:\/\/[^\s)]{1,2000})\)|(https?:\/\/[^\s<>"'`]{1,2000})/g;
const TRAILING = /[.,;:!?)\]}»”’]+$/;

/** The parts of a text, in their order. */
export function richText(text: string): Part[] {
  const parts: Part[] = [];
  for (const line of text.replaceAll("\r\n", "\n").split("\n")) addLine(parts, line);
  return parts.filter((part) => part.kind === "list" || part.lines.length > 0);
}

function addLine(parts: Part[], line: string): void {
  const last = parts.at(-1);
  if (!line.trim()) {
    if (last?.kind === "paragraph" && last.lines.length) parts.push({ kind: "paragraph", lines: [] });
    return;
  }
  const marker = BULLET.exec(line) ?? NUMBER.exec(line);
  if (marker) {
    const ordered = !BULLET.test(line);
    const item = spansOf(line.slice(marker[0].length));
    if (last?.kind === "list" && last.ordered === ordered) last.items.push(item);
    else parts.push({ kind: "list", ordered, items: [item] });
    return;
  }
  if (last?.kind === "paragraph") last.lines.push(spansOf(line));
  else parts.push({ kind: "paragraph", lines: [spansOf(line)] });
}

/** One line as its spans. */
export function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let done = 0;
  const plain = (until: number) => {
    if (until > done) spans.push({ kind: "text", text: line.slice(done, until) });
  };
  for (const match of line.matchAll(SPANS)) {
    const [whole, bold, code, label, target, bare] = match;
    const link = bare?.replace(TRAILING, "");
    const href = safeLink(target ?? link);
    if (bold === undefined && code === undefined && !href) continue;
    plain(match.index);
    done = match.index + (link === undefined ? whole.length : link.length);
    if (bold !== undefined) spans.push({ kind: "bold", text: bold });
    else if (code !== undefined) spans.push({ kind: "code", text: code });
    else if (href) spans.push({ kind: "link", text: label ?? link ?? href, href });
  }
  plain(line.length);
  return spans;
}

/** An address that a click may open, or null. */
export function safeLink(address: string | undefined): string | null {
  if (!address) return null;
  try {
    const url = new URL(address);
    const isPlain = !url.username && !url.password;
    return isPlain && (url.protocol === "https:" || url.protocol === "http:") ? url.href : null;
  } catch {
    return null;
  }
}
