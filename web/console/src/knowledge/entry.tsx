/** One entry, opened: its words to change where a person wrote them, else the passages made of it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import { Switch, Text } from "../parts/fields";
import { Button, Trouble } from "../parts/parts";

interface Opened {
  document_id: string;
  title: string;
  kind: string;
  active?: boolean;
  content: { question?: string; answer?: string; text?: string };
  data: { passage_id?: string; text: string }[];
}

interface Given {
  baseId: string;
  documentId: string;
  mayWrite: boolean;
}

export function Entry({ baseId, documentId, mayWrite }: Given) {
  const found = useQuery({
    queryKey: ["documents", baseId, documentId],
    queryFn: () =>
      answered<Opened>(
        api.GET("/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}", {
          params: { path: { knowledge_base_id: baseId, document_id: documentId } },
        }),
      ),
  });
  const one = found.data;
  if (!one) return <Trouble error={found.error} />;
  const isWritten = one.kind === "qa" || one.kind === "text";
  return (
    <div className="mt-3 flex flex-col gap-3 rounded-lg bg-raised p-4">
      {mayWrite && isWritten ? (
        <Editor baseId={baseId} entry={one} />
      ) : (
        <ol className="flex max-h-96 flex-col gap-2 overflow-y-auto" tabIndex={0} aria-label="Passages">
          {one.data.map((passage, at) => (
            <li key={at} dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere]">
              {passage.text}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Editor({ baseId, entry }: { baseId: string; entry: Opened }) {
  const queries = useQueryClient();
  const isPair = entry.kind === "qa";
  const was = entry.content;
  const [question, setQuestion] = useState(was.question ?? entry.title);
  const [words, setWords] = useState((isPair ? was.answer : was.text) ?? "");
  const [isStaged, stage] = useState(false);
  const path = { knowledge_base_id: baseId, document_id: entry.document_id };
  const save = useMutation({
    mutationFn: () =>
      answered(
        api.PUT("/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}", {
          params: { path, query: isStaged ? { stage: true } : {} },
          body: {
            ...(isPair
              ? { question: question.trim(), answer: words.trim() }
              : { title: question.trim(), text: words }),
          } as never,
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["documents"] });
      await queries.invalidateQueries({ queryKey: ["bases"] });
    },
  });
  const isChanged = question !== (was.question ?? entry.title) || words !== (isPair ? was.answer : was.text);
  return (
    <>
      <Text
        label={isPair ? "Question of the entry" : "Title of the entry"}
        max={isPair ? 4_000 : 500}
        value={question}
        onChange={setQuestion}
      />
      <Text
        label={isPair ? "Answer of the entry" : "Text of the entry"}
        rows={isPair ? 4 : 12}
        max={isPair ? 40_000 : 1_000_000}
        value={words}
        onChange={setWords}
      />
      <Trouble error={save.error} />
      <div className="flex flex-wrap items-center gap-4">
        <Button
          look="primary"
          disabled={!isChanged || !question.trim() || !words.trim() || save.isPending}
          onClick={() => save.mutate()}
        >
          Save entry
        </Button>
        <Switch label="Stage this change" isOn={isStaged} onChange={stage} />
      </div>
    </>
  );
}
