/** Bringing knowledge in: a question with its answer, files by choice, drop or paste, a page by its address. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, type FormEvent, useState } from "react";
import { answered } from "../api/client";
import { Button, FIELD, Trouble } from "../parts/parts";
import { followed } from "./jobs";

export function Add({ baseId }: { baseId: string }) {
  const queries = useQueryClient();
  const [question, setQuestion] = useState("");
  const [answer, setAnswer] = useState("");
  const [isStaged, stage] = useState(false);
  const [told, tell] = useState("");
  const url = `/v1/knowledge-bases/${baseId}/documents${isStaged ? "?stage=true" : ""}`;
  const done = async (words: string) => {
    tell(words);
    await queries.invalidateQueries({ queryKey: ["documents"] });
    await queries.invalidateQueries({ queryKey: ["bases"] });
  };
  const add = useMutation({
    mutationFn: () => posted(url, JSON.stringify({ question: question.trim(), answer: answer.trim() })),
    onSuccess: () => {
      setQuestion("");
      setAnswer("");
      return done(isStaged ? "Staged: publish it under Versions." : "Added. It is searchable now.");
    },
  });
  const upload = useMutation({
    mutationFn: (files: FileList) => uploaded(url, files, tell),
    onSuccess: (words) => done(words),
  });
  const [isOver, over] = useState(false);
  const [page, setPage] = useState("");
  const read = useMutation({
    mutationFn: () => followed(posted(url, JSON.stringify({ url: page.trim() })), tell),
    onSuccess: (words) => {
      setPage("");
      return done(words);
    },
  });
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    over(false);
    if (event.dataTransfer.files.length) upload.mutate(event.dataTransfer.files);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    tell("");
    add.mutate();
  };
  return (
    <form
      onSubmit={submit}
      onDragOver={(event) => {
        event.preventDefault();
        over(true);
      }}
      onDragLeave={() => over(false)}
      onDrop={dropped}
      onPaste={(event) => {
        if (event.clipboardData.files.length) upload.mutate(event.clipboardData.files);
      }}
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
        <Button look="primary" type="submit" disabled={add.isPending || !question.trim() || !answer.trim()}>
          Add entry
        </Button>
        <label className="inline-flex min-h-9 cursor-pointer items-center rounded-lg border border-line px-3 text-sm font-medium hover:border-accent hover:text-accent has-focus-visible:outline-2 has-focus-visible:outline-accent">
          Add files
          <input
            type="file"
            multiple
            className="sr-only"
            disabled={upload.isPending}
            onChange={(event) => {
              if (event.target.files?.length) upload.mutate(event.target.files);
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
              if (page.trim() && !read.isPending) read.mutate();
            }}
            className={FIELD}
          />
        </label>
        <Button disabled={!page.trim() || read.isPending} onClick={() => read.mutate()}>
          Read page
        </Button>
      </div>
      <p className="text-xs text-quiet">Files can be dropped or pasted here, too.</p>
      <Trouble error={add.error ?? upload.error ?? read.error} />
      {told && (
        <p role="status" className="text-sm text-accent whitespace-pre-line">
          {told}
        </p>
      )}
    </form>
  );
}

async function posted(url: string, body: string | FormData): Promise<{ job_id?: string }> {
  const headers: HeadersInit = typeof body === "string" ? { "content-type": "application/json" } : {};
  return answered(
    fetch(url, { method: "POST", body, headers }).then(async (response) => {
      const read: unknown = await response.json();
      return response.ok ? { data: read, response } : { error: read, response };
    }),
  );
}

/** Files go up, their job is followed to its end; what could not be read is named. */
async function uploaded(url: string, files: FileList, tell: (words: string) => void): Promise<string> {
  const form = new FormData();
  for (const file of files) form.append("file", file);
  tell("Sending …");
  return followed(posted(url, form), tell);
}
