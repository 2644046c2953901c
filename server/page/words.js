/** What the server's closed lists mean, in the words of the people who read this page. */

const REASONS = {
  contact_asked: "Asked for a person",
  not_in_knowledge: "Not in the knowledge",
  low_confidence: "Not sure enough of the answer",
  repeated_low_confidence: "Unsure several times in a row",
  sensitive_topic: "Sensitive topic",
  policy: "A rule asks for a person",
  tool_failed: "A tool failed",
  identity_needed: "Identity must be checked first",
  budget: "The budget is used up",
  model_unavailable: "The language model is away",
  deadline: "The answer took too long",
  unknown_version: "Begun under an older version",
  unsafe_input: "The message looked unsafe",
};

/** Why a person was asked, in a few words. */
export function reasonInWords(reason) {
  return REASONS[reason] || plain(reason) || "No reason given";
}

/** A language's name: `de` becomes "German"; nothing where the browser does not know it. */
export function languageInWords(code) {
  if (!code) return "";
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code);
  } catch {
    return "";
  }
}

/** A status or label of the server as plain words: `handed_off` becomes "handed off". */
export function plain(label) {
  return String(label || "").replaceAll("_", " ").trim();
}

/** The text of something that is either a string or an object holding one. */
export function textOf(item) {
  if (typeof item === "string") return item;
  return item?.text || item?.query || item?.question || "";
}

/** The state of a stream, as the contact sees it. */
export const CONNECTION = {
  idle: "Not started",
  connecting: "Connecting",
  connected: "Connected",
  reconnecting: "Reconnecting",
  offline: "Offline",
  refused: "Closed",
};

/** An operator's name; an API key that names no operator speaks as just "Operator". */
export function colleague(name) {
  return !name || name === "Operator" ? "A colleague" : name;
}

/** What the assistant is at: `Looking up 2 questions`. */
export function counted(items, noun, verb) {
  const n = Array.isArray(items) ? items.length : 0;
  return n ? `${verb} ${n} ${noun}${n === 1 ? "" : "s"}` : "Reading the message";
}

/** What became of an operator's answer. */
export function howLearnt(data) {
  return data.kind === "suggestion"
    ? "The colleague's answer waits for approval before it becomes knowledge"
    : "The assistant has learnt the colleague's answer";
}

/** A text as a sentence: a capital first, a full stop last. */
export function sentence(text) {
  const trimmed = String(text || "").trim();
  if (!trimmed) return "";
  const first = trimmed[0].toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** A problem of the server in one line. */
export function problemInWords({ title, detail } = {}) {
  return `${sentence(title || "Something went wrong")} ${sentence(detail)}`.trim();
}
