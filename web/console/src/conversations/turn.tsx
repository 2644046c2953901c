/** One turn, node by node: what went in, what came out, how long it took, what it cost. */

import { useQuery } from "@tanstack/react-query";
import { answered, api } from "../api/client";
import type { Explanation, Step } from "../api/shapes";
import { Button, inWords, reasonInWords, Share, Tag, Trouble } from "../parts/parts";
import { ThenAndNowView } from "./then_and_now";
import { TryAgain } from "./try_again";

interface Given {
  conversationId: string;
  assistantId: string;
  turnId: string;
  onClose: () => void;
}

export function TurnView({ conversationId, assistantId, turnId, onClose }: Given) {
  const found = useQuery({
    queryKey: ["turn", turnId],
    queryFn: () =>
      answered<Explanation>(
        api.GET("/v1/turns/{turn_id}/explanation", { params: { path: { turn_id: turnId } } }),
      ),
  });
  const turn = found.data;
  return (
    <aside
      aria-label="Why it answered so"
      className="w-full overflow-y-auto border-s bg-card px-5 py-5 text-sm xl:w-[26rem]"
    >
      <div className="flex items-center">
        <h2 className="flex-1 text-lg font-semibold">Why it answered so</h2>
        <Button look="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
      <Trouble error={found.error} />
      {turn && (
        <>
          <p className="mt-2 flex flex-wrap items-center gap-2">
            {turn.decision && <Tag tone="good">{inWords(turn.decision)}</Tag>}
            {turn.reason && <Tag tone="warn">{reasonInWords(turn.reason)}</Tag>}
            {typeof turn.confidence === "number" && <Share label="Confidence" value={turn.confidence} />}
          </p>
          <ol className="mt-4 flex flex-col border-s-2 ps-4">
            {turn.steps.map((step) => (
              <StepItem step={step} key={step.step} />
            ))}
          </ol>
          {turn.then_and_now && <ThenAndNowView compared={turn.then_and_now} />}
          <TryAgain conversationId={conversationId} assistantId={assistantId} turnId={turnId} then={turn} />
          <p className="mt-4 text-xs text-quiet">
            {[
              turn.graph_version,
              `assistant revision ${turn.assistant_revision}`,
              `prompts ${turn.prompt_version}`,
            ].join(" · ")}
          </p>
        </>
      )}
    </aside>
  );
}

function StepItem({ step }: { step: Step }) {
  const tokens = step.input_tokens + step.output_tokens;
  return (
    <li className="py-1">
      <details>
        <summary className="flex items-baseline gap-3 rounded-md py-1 marker:content-none hover:text-accent">
          <span className="flex-1 font-medium">{step.node}</span>
          {tokens > 0 && <span className="text-xs text-quiet tabular-nums">{tokens} tokens</span>}
          <span className="text-xs text-quiet tabular-nums">
            {step.duration_ms.toFixed(step.duration_ms < 10 ? 1 : 0)} ms
          </span>
        </summary>
        <Data title="In" data={step.input} />
        <Data title="Out" data={step.output} />
      </details>
    </li>
  );
}

function Data({ title, data }: { title: string; data: unknown }) {
  return (
    <div className="pb-2">
      <p className="text-xs text-quiet">{title}</p>
      <pre
        tabIndex={0}
        className="max-h-72 overflow-auto rounded-lg bg-raised p-3 text-xs whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        {JSON.stringify(data, null, 2)}
      </pre>
    </div>
  );
}
