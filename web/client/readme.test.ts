import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const PACKAGE = dirname(fileURLToPath(import.meta.url));
const REACT = join(PACKAGE, "..", "node_modules", "@types", "react");
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.ReactJSX,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: [],
  paths: { "@frontdesk/client": [join(PACKAGE, "src/index.ts")], react: [REACT] },
};

/** The code blocks of the README, each as a file that lies beside it. */
function snippets(): Map<string, string> {
  const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
  const found = [...readme.matchAll(/```(tsx?)\n(.*?)```/gs)];
  return new Map(found.map(([, kind, code], at) => [join(PACKAGE, `snippet_${at}.${kind}`), code ?? ""]));
}

test("what the README shows compiles", { timeout: 120_000 }, () => {
  const files = snippets();
  expect(files.size).toBe(2);
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...files.keys()], OPTIONS, host);
  const complaints = ts
    .getPreEmitDiagnostics(program)
    .map((one) => `${one.file?.fileName}: ${ts.flattenDiagnosticMessageText(one.messageText, "\n")}`);
  expect(complaints).toEqual([]);
});
