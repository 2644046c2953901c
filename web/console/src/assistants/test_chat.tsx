/** Asking the assistant as it is saved; nothing is kept of it but what it cost. */

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answered, api } from "../api/client";
import { Section } from "../parts/fields";
import { Button, Empty, FIELD, inWords, reasonInWords, Share, Tag, Trouble } from "../parts/parts";
import type { Assistant } from "./settings";

interface Answer {
  message: { text: string } | null;
  confidence: number | null;
  citations: { passage_id: string; title: string; quote: string }[];
  handoff: { reason: string } | null;
  decision: string | null;
}

interface Exchange {
  question: string;
  answer: Answer;
}

export function TestChat({ assistant }: { assistant: Assistant }) {
  const [said, say] = useState<Exchange[]>([]);
  const [text, setText] = useState("");
  const ask = useMutation({
    mutationFn: (question: string) =>
      answered<Answer>(
        api.POST("/v1/assistants/{assistant_id}/answer", {
          params: { path: { assistant_id: assistant.assistant_id } },
          body: { text: question, history: history(said) },
        }),
      ),
    onSuccess: (answer, question) => {
      say((before) => [...before, { question, answer }]);
      setText("");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) ask.mutate(text.trim());
  };
  return (
    <Section title="Test chat" about="Answers of the saved settings; they appear in no inbox and no figure.">
      {said.length === 0 && (
        <Empty title="Ask what your customers ask">
          You see the answer, what it leans on, and how sure the assistant is.
        </Empty>
      )}
      <ol aria-label="Test chat" className="flex flex-col gap-5">
        {said.map(({ question, answer }, at) => (
          <li key={at} className="flex flex-col gap-2">
            <p dir="auto" className="max-w-[85%] self-end rounded-2xl rounded-br-md bg-raised px-4 py-2">
              {question}
            </p>
            <div className="max-w-[85%] rounded-2xl rounded-bl-md bg-soft px-4 py-2">
              <p dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere]">
                {answer.message?.text ?? "A person would be asked."}
              </p>
            </div>
            <p className="flex flex-wrap items-center gap-2">
              {answer.decision && <Tag tone="good">{inWords(answer.decision)}</Tag>}
              {answer.handoff && <Tag tone="warn">{reasonInWords(answer.handoff.reason)}</Tag>}
              {answer.confidence !== null && <Share label="Confidence" value={answer.confidence} />}
            </p>
            {answer.citations.map((one) => (
              <details key={one.passage_id} className="text-sm">
                <summary className="text-quiet hover:text-ink">{one.title || "Source"}</summary>
                <blockquote className="border-s-2 ps-3 text-quiet">{one.quote}</blockquote>
              </details>
            ))}
          </li>
        ))}
      </ol>
      <Trouble error={ask.error} />
      <form onSubmit={submit} className="flex gap-2">
        <input
          aria-label="Question to the assistant"
          placeholder="Ask a question"
          dir="auto"
          maxLength={8_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className={FIELD}
        />
        <Button look="primary" type="submit" disabled={ask.isPending || !text.trim()}>
          Ask
        </Button>
        {said.length > 0 && (
          <Button look="quiet" onClick={() => say([])}>
            Start over
          </Button>
        )}
      </form>
    </Section>
  );
}

function history(said: Exchange[]) {
  return said
    .slice(-10)
    .flatMap(({ question, answer }) => [
      { author: "contact" as const, text: question },
      ...(answer.message ? [{ author: "assistant" as const, text: answer.message.text }] : []),
    ]);
}
