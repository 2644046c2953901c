/** Bringing knowledge in: a question with its answer, files by choice, drop or paste, a page by its address. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Problem } from "../../../client/src/problem";
import { answered } from "../api/client";
import { Button, FIELD, Trouble } from "../parts/parts";
import { followed, type Started, type Told } from "./jobs";
import { Repeats } from "./repeats";

export function Add({ baseId }: { baseId: string }) {
  const queries = useQueryClient();
  const [question, setQuestion] = useState("");
  const [answer, setAnswer] = useState("");
  const [isStaged, stage] = useState(false);
  const [told, tell] = useState("");
  const url = `/v1/knowledge-bases/${baseId}/documents${isStaged ? "?stage=true" : ""}`;
  // one thing at a time: what was said of the one before is taken back first
  const work = useMutation({
    mutationFn: (doing: () => Promise<Told>) => doing(),
    onMutate: () => tell(""),
    onError: () => tell(""),
    onSuccess: async (done) => {
      tell(done.words);
      await queries.invalidateQueries({ queryKey: ["documents"] });
      await queries.invalidateQueries({ queryKey: ["bases"] });
    },
  });
  const add = async () => {
    const pair = { question: question.trim(), answer: answer.trim() };
    const done = await followed(posted(url, JSON.stringify(pair)), tell);
    setQuestion("");
    setAnswer("");
    return done;
  };
  const upload = (files: FileList) => work.mutate(() => uploaded(url, files, tell));
  const [isOver, over] = useState(false);
  const [page, setPage] = useState("");
  const read = async () => {
    const done = await followed(posted(url, JSON.stringify({ url: page.trim() })), tell);
    setPage("");
    return done;
  };
  useFilesOnThePage(upload, over);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    work.mutate(add);
  };
  return (
    <form
      onSubmit={submit}
      noValidate // an address that is no address is told of by the server, and stops no entry
      className={`flex flex-col gap-3 rounded-xl border bg-card p-4 ${isOver ? "border-accent bg-soft" : "border-line"}`}
    >
      <label className="text-sm">
        Question
        <input
          dir="auto"
          maxLength={4_000}
          value={question}
          onChange={(e) => setQuestion(e.target.value)}
          className={FIELD}
        />
      </label>
      <label className="text-sm">
        Answer
        <textarea
          dir="auto"
          rows={3}
          maxLength={40_000}
          value={answer}
          onChange={(e) => setAnswer(e.target.value)}
          className={FIELD}
        />
      </label>
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary" type="submit" disabled={work.isPending || !question.trim() || !answer.trim()}>
          Add entry
        </Button>
        <label className="inline-flex min-h-9 cursor-pointer items-center rounded-lg border border-line px-3 text-sm font-medium hover:border-accent hover:text-accent has-focus-visible:outline-2 has-focus-visible:outline-accent">
          Add files
          <input
            type="file"
            multiple
            className="sr-only"
            disabled={work.isPending}
            onChange={(event) => {
              if (event.target.files?.length) upload(event.target.files);
              event.target.value = "";
            }}
          />
        </label>
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={isStaged}
            onChange={(e) => stage(e.target.checked)}
            className="size-4"
          />
          Stage only
        </label>
      </div>
      <div className="flex items-end gap-2">
        <label className="min-w-0 flex-1 text-sm">
          Or the address of a page
          <input
            type="url"
            maxLength={2_000}
            placeholder="https://www.shop.example/returns"
            value={page}
            onChange={(e) => setPage(e.target.value)}
            onKeyDown={(e) => {
              if (e.key !== "Enter") return;
              e.preventDefault();
              if (page.trim() && !work.isPending) work.mutate(read);
            }}
            className={FIELD}
          />
        </label>
        <Button disabled={!page.trim() || work.isPending} onClick={() => work.mutate(read)}>
          Read page
        </Button>
      </div>
      <p className="text-xs text-quiet">Files can be dropped or pasted anywhere on this page, too.</p>
      <Trouble error={work.error} />
      {told && (
        <div role="status" className="flex flex-col gap-3">
          <p className="text-sm text-accent whitespace-pre-line">{told}</p>
          {work.data && <Repeats baseId={baseId} repeats={work.data.repeats} />}
        </div>
      )}
    </form>
  );
}

/** Files that are dropped or pasted anywhere: beside the form they would open in the form's place. */
function useFilesOnThePage(take: (files: FileList) => void, over: (isOver: boolean) => void) {
  const taken = useRef(take);
  useEffect(() => {
    taken.current = take;
  });
  useEffect(() => {
    const ends = new AbortController();
    const on = { signal: ends.signal };
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files");
    document.addEventListener(
      "dragover",
      (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        over(true);
      },
      on,
    );
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && over(false), on);
    document.addEventListener(
      "drop",
      (event) => {
        over(false);
        if (!holdsFiles(event)) return;
        event.preventDefault();
        if (event.dataTransfer?.files.length) taken.current(event.dataTransfer.files);
      },
      on,
    );
    document.addEventListener(
      "paste",
      (event) => {
        // cells and paragraphs come with a picture of themselves: in a field their words are meant
        const isWords = event.clipboardData?.types.includes("text/plain") && isField(event.target);
        if (event.clipboardData?.files.length && !isWords) taken.current(event.clipboardData.files);
      },
      on,
    );
    return () => ends.abort();
  }, [over]);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

async function posted(url: string, body: string | FormData): Promise<Started> {
  const headers: HeadersInit = typeof body === "string" ? { "content-type": "application/json" } : {};
  return answered(
    fetch(url, { method: "POST", body, headers }).then(async (response) => {
      const read: unknown = await response.json();
      return response.ok ? { data: read, response } : { error: read, response };
    }),
  );
}

/** Files go up, their job is followed to its end; what could not be read is named. */
async function uploaded(url: string, files: FileList, tell: (words: string) => void): Promise<Told> {
  const form = new FormData();
  for (const file of files) form.append("file", file);
  tell("Sending …");
  try {
    return await followed(posted(url, form), tell);
  } catch (error) {
    throw files.length === 1 && error instanceof Problem ? named(error, files[0]?.name ?? "") : error;
  }
}

/** A refusal of one file, with the file's name where it does not say it. */
function named(problem: Problem, name: string): Problem {
  const words = problem.detail || problem.title;
  return words.includes(name) ? problem : new Problem({ ...problem, detail: `${name}: ${words}` });
}
