/** From which confidence on it answers, beside what its own answers came to at each threshold. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "../api/client";
import { NumberField, Pair, Section, Switch } from "../parts/fields";
import { Button, Trouble } from "../parts/parts";
import type { Draft } from "./settings";

interface Point {
  threshold: number;
  coverage: number;
  risk: number;
}

interface Calibration {
  revision: number;
  automatic: boolean;
  outcomes: { [source: string]: number };
  curve: Point[];
  own_thresholds: { answer: number; offer: number };
}

const SOURCES: { [source: string]: string } = {
  operator: "operators' answers",
  suggestion: "suggestions judged",
  feedback: "contacts' feedback",
  asked_on: "asked on for a person",
  label: "labels",
};

export function Confidence({ draft }: { draft: Draft }) {
  const { is, set } = draft;
  const queries = useQueryClient();
  const path = { assistant_id: is.assistant_id };
  const found = useQuery({
    queryKey: ["calibration", is.assistant_id],
    queryFn: () =>
      answered<Calibration>(api.GET("/v1/assistants/{assistant_id}/calibration", { params: { path } })),
  });
  const change = useMutation({
    mutationFn: (body: { automatic: boolean }) =>
      answered(api.PUT("/v1/assistants/{assistant_id}/calibration", { params: { path }, body })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["calibration"] }),
  });
  const reset = useMutation({
    mutationFn: () => answered(api.DELETE("/v1/assistants/{assistant_id}/calibration", { params: { path } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["calibration"] }),
  });
  const told = found.data;
  const put = (changes: Partial<typeof is.thresholds>) =>
    set({ thresholds: { ...is.thresholds, ...changes } });
  return (
    <>
      <Section
        title="Thresholds"
        about="From the first on it answers; from the second on it answers and offers a person; below, it asks one."
      >
        <Pair>
          <NumberField
            label="Answer from"
            name="thresholds.answer"
            min={0}
            max={1}
            step={0.01}
            placeholder={told ? `${told.own_thresholds.answer}, the product's own` : ""}
            value={is.thresholds.answer}
            onChange={(answer) => put({ answer })}
          />
          <NumberField
            label="Offer a person from"
            name="thresholds.offer"
            min={0}
            max={1}
            step={0.01}
            placeholder={told ? `${told.own_thresholds.offer}, the product's own` : ""}
            value={is.thresholds.offer}
            onChange={(offer) => put({ offer })}
          />
        </Pair>
        <Trouble error={found.error} />
        {told && (
          <Curve
            points={told.curve}
            chosen={is.thresholds.answer ?? told.own_thresholds.answer}
            onPick={(answer) => put({ answer })}
          />
        )}
      </Section>
      {told && (
        <Section title="Learning" about="What answers came to draws the confidence towards the truth.">
          <p className="text-sm text-quiet">
            {Object.entries(told.outcomes).length
              ? Object.entries(told.outcomes)
                  .map(([source, count]) => `${count} ${SOURCES[source] ?? source}`)
                  .join(" · ")
              : "No outcomes yet."}{" "}
            {told.revision
              ? `Revision ${told.revision} is in force.`
              : "The product's own reading is in force."}
          </p>
          <Switch
            label="Learn from outcomes by itself"
            isOn={told.automatic}
            onChange={(automatic) => change.mutate({ automatic })}
          />
          {(told.revision > 0 || told.automatic) && (
            <Button className="self-start" disabled={reset.isPending} onClick={() => reset.mutate()}>
              Back to the product's own reading
            </Button>
          )}
          <Trouble error={change.error ?? reset.error} />
        </Section>
      )}
    </>
  );
}

const WIDTH = 560;
const HEIGHT = 220;
const LEFT = 44;
const BOTTOM = 36;

/** Risk against coverage; a press on a point takes its threshold. */
function Curve({
  points,
  chosen,
  onPick,
}: {
  points: Point[];
  chosen: number;
  onPick: (threshold: number) => void;
}) {
  if (points.length < 2) {
    return (
      <p className="rounded-lg bg-raised px-4 py-3 text-sm text-quiet text-pretty">
        The curve of your own data appears as soon as answers have been judged: by operators, by contacts'
        feedback, or by labels.
      </p>
    );
  }
  const most = Math.max(0.1, ...points.map((one) => one.risk));
  const x = (coverage: number) => LEFT + coverage * (WIDTH - LEFT - 12);
  const y = (risk: number) => HEIGHT - BOTTOM - (risk / most) * (HEIGHT - BOTTOM - 12);
  const line = points.map((one) => `${x(one.coverage)},${y(one.risk)}`).join(" ");
  const at = points.findLast((one) => one.threshold >= chosen) ?? points[0];
  if (!at) return null;
  return (
    <figure>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className="w-full max-w-2xl fill-none text-xs"
        role="img"
        aria-label={`Risk against coverage: at ${percent(at.coverage)} answered, ${percent(at.risk)} are wrong`}
      >
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line
              x1={LEFT}
              x2={WIDTH - 12}
              y1={y(share * most)}
              y2={y(share * most)}
              className="stroke-line"
            />
            <text x={LEFT - 6} y={y(share * most) + 4} textAnchor="end" className="fill-quiet">
              {percent(share * most)}
            </text>
            <text x={x(share)} y={HEIGHT - 18} textAnchor="middle" className="fill-quiet">
              {percent(share)}
            </text>
          </g>
        ))}
        <text x={WIDTH / 2} y={HEIGHT - 2} textAnchor="middle" className="fill-quiet">
          answered without a person
        </text>
        <polyline points={line} className="stroke-accent" strokeWidth="2" />
        <circle cx={x(at.coverage)} cy={y(at.risk)} r="5" className="fill-accent" />
      </svg>
      <label className="flex flex-wrap items-center gap-3 text-sm">
        <span>Threshold</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={chosen}
          className="w-48"
          onChange={(event) => onPick(Number(event.target.value))}
        />
        <span className="tabular-nums">{chosen.toFixed(2)}</span>
      </label>
      <figcaption className="mt-1 text-sm text-quiet">
        At {chosen.toFixed(2)} it answers {percent(at.coverage)} of the questions that were judged, and{" "}
        {percent(at.risk)} of those answers were wrong.
      </figcaption>
    </figure>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
