/** A knowledge base's entries: add a question with its answer, a text, files; delete. */

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answered, api, type Page } from "../api/client";
import type { Base, Doc } from "../api/shapes";
import { Ago, Button, Empty, FIELD, inWords, Tag, Trouble } from "../parts/parts";

const JOB_LOOK_MS = 500;

interface Job {
  status: string;
  done: number;
  total: number;
  errors: { detail?: string; message?: string; title?: string; name?: string }[];
}

export function Documents({ base, mayWrite }: { base: Base; mayWrite: boolean }) {
  const path = { knowledge_base_id: base.knowledge_base_id };
  const queries = useQueryClient();
  const found = useInfiniteQuery({
    queryKey: ["documents", base.knowledge_base_id],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      answered<Page<Doc>>(
        api.GET("/v1/knowledge-bases/{knowledge_base_id}/documents", {
          params: { path, query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const remove = useMutation({
    mutationFn: (documentId: string) =>
      answered(
        api.DELETE("/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}", {
          params: { path: { ...path, document_id: documentId } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["documents"] }),
  });
  const documents = found.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <div className="flex flex-col gap-5">
      {mayWrite && <Add baseId={base.knowledge_base_id} />}
      <Trouble error={found.error ?? remove.error} />
      {found.data && documents.length === 0 && (
        <Empty title="Nothing to answer from yet">
          Write the first question with its answer, or drop a price list or manual.
        </Empty>
      )}
      <ul className="divide-y divide-line rounded-xl border border-line bg-card">
        {documents.map((one) => (
          <li key={one.document_id} className="flex items-center gap-3 px-4 py-3 text-sm">
            <span dir="auto" className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              {one.title}
              <span className="block text-xs text-quiet">
                {inWords(one.kind)} · {one.passages} {one.passages === 1 ? "passage" : "passages"} ·{" "}
                <Ago at={one.updated_at} />
              </span>
            </span>
            {one.state !== "published" && <Tag tone="warn">{one.state}</Tag>}
            {mayWrite && (
              <Delete
                title={one.title}
                isBusy={remove.isPending}
                onDelete={() => remove.mutate(one.document_id)}
              />
            )}
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Button
          className="self-start"
          disabled={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </div>
  );
}

/** A second press deletes: what is deleted is gone from every version. */
function Delete({ title, isBusy, onDelete }: { title: string; isBusy: boolean; onDelete: () => void }) {
  const [isAsked, ask] = useState(false);
  return (
    <Button
      look="quiet"
      disabled={isBusy}
      className={isAsked ? "text-bad" : ""}
      aria-label={isAsked ? `Delete ${title} for good` : `Delete ${title}`}
      onClick={() => (isAsked ? onDelete() : ask(true))}
      onBlur={() => ask(false)}
    >
      {isAsked ? "Delete for good" : "Delete"}
    </Button>
  );
}

function Add({ baseId }: { baseId: string }) {
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    tell("");
    add.mutate();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 rounded-xl border border-line bg-card p-4">
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
      <Trouble error={add.error ?? upload.error} />
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
  const { job_id: jobId } = await posted(url, form);
  if (!jobId) return "Added. It is searchable now.";
  for (;;) {
    const job = await answered<Job>(api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: jobId } } }));
    const errors = job.errors.map((one) =>
      [one.name ?? one.title, one.detail ?? one.message].filter(Boolean).join(": "),
    );
    if (["failed", "cancelled"].includes(job.status)) return ["Nothing was added.", ...errors].join("\n");
    if (!["queued", "running", "waiting"].includes(job.status)) return ["Added.", ...errors].join("\n");
    tell(job.total ? `Reading ${job.done} of ${job.total} …` : "Reading …");
    await new Promise((resolve) => setTimeout(resolve, JOB_LOOK_MS));
  }
}
