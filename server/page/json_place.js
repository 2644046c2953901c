/** Where a JSON text is broken, found by our own reading: browsers word it each in their way. */

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/** `{line, column, index, what}` of the first error, counted from 1, or null for good JSON. */
export function jsonError(text) {
  try {
    JSON.parse(text);
    return null;
  } catch {
    const { index, what } = firstError(text);
    const before = text.slice(0, index).split("\n");
    return { line: before.length, column: before.at(-1).length + 1, index, what };
  }
}

/** Iterative, so that deep nesting cannot exhaust the stack. */
function firstError(text) {
  const open = [];
  let index = 0;
  let expected = "value"; // value, key, colon, next (comma or end); "first-…" may also close
  const match = (pattern) => {
    pattern.lastIndex = index;
    const found = pattern.exec(text);
    if (found) index = pattern.lastIndex;
    return Boolean(found);
  };
  for (;;) {
    match(SPACE);
    const at = text[index];
    if (at === undefined) return { index, what: atEnd(open, expected) };
    if (expected === "done") return { index, what: "there is more text after the end" };
    if (expected === "colon") {
      if (at !== ":") return { index, what: "a colon is missing after the name" };
      index += 1;
      expected = "value";
    } else if (expected === "next" && at === ",") {
      index += 1;
      expected = open.at(-1) === "{" ? "key" : "value";
    } else if (closes(at, open, expected)) {
      index += 1;
      open.pop();
      expected = open.length ? "next" : "done";
    } else if (expected === "next") {
      return { index, what: `a comma or ${open.at(-1) === "{" ? "}" : "]"} is missing` };
    } else if (expected.endsWith("key")) {
      if (!match(STRING)) return { index, what: keyTrouble(at) };
      expected = "colon";
    } else if (at === "{" || at === "[") {
      index += 1;
      open.push(at);
      expected = at === "{" ? "first-key" : "first-value";
    } else if (match(STRING) || match(WORD) || match(NUMBER)) {
      expected = open.length ? "next" : "done";
    } else {
      return { index, what: valueTrouble(at) };
    }
  }
}

function closes(at, open, expected) {
  const mayClose = expected === "next" || expected.startsWith("first-");
  return mayClose && ((at === "}" && open.at(-1) === "{") || (at === "]" && open.at(-1) === "["));
}

function atEnd(open, expected) {
  if (!open.length && expected === "value") return "there is no JSON";
  return `the text ends before ${open.at(-1) === "[" ? "a list" : "an object"} is closed`;
}

function keyTrouble(at) {
  if (at === "}") return "there is a comma too many before }";
  if (at === '"') return "the name in quotes is not closed, or holds a line break";
  return 'a name in "double quotes" is missing';
}

function valueTrouble(at) {
  if (at === '"') return "the text in quotes is not closed, or holds a line break or a lone \\";
  if (at === "]" || at === "}") return `there is a comma too many before ${at}`;
  if (at === "'") return "texts stand in double quotes, not in single ones";
  return "a value is missing or misspelt";
}
