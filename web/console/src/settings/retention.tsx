/** How long things are kept: applied every night, for good. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import { NumberField, Pair, Section } from "../parts/fields";
import { Button, Trouble } from "../parts/parts";

const KINDS = {
  message_days: ["Conversations", "After so many days of silence; what waits for a person stays."],
  log_days: ["Events and steps", "After them a turn can no longer be explained step by step."],
  file_days: ["Files in conversations", "What visitors brought, with what was read in it."],
  checkpoint_days: ["Checkpoints", "After them a conversation cannot be forked from its past."],
} as const;
type Kind = keyof typeof KINDS;
type Rules = { [kind in Kind]: number | null };

export function Retention() {
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["retention"],
    queryFn: () => answered<Rules>(api.GET("/v1/retention")),
  });
  const [changed, setChanged] = useState<Partial<Rules>>({});
  const save = useMutation({
    mutationFn: (body: Rules) => answered<Rules>(api.PUT("/v1/retention", { body })),
    onSuccess: (saved) => {
      queries.setQueryData(["retention"], saved);
      setChanged({});
    },
  });
  if (!found.data) return <Trouble error={found.error} />;
  const now = { ...found.data, ...changed };
  return (
    <Section
      title="Retention"
      refused={save.error}
      about="Days that things are kept; empty keeps them. What is older goes in the coming night, for good."
    >
      <Pair>
        {(Object.keys(KINDS) as Kind[]).map((kind) => (
          <NumberField
            key={kind}
            label={`${KINDS[kind][0]}, days`}
            name={kind}
            hint={KINDS[kind][1]}
            min={1}
            max={kind === "checkpoint_days" ? 3_650 : 36_500}
            value={now[kind]}
            onChange={(days) => setChanged({ ...changed, [kind]: days })}
          />
        ))}
      </Pair>
      <Trouble error={save.error} />
      <Button
        look="primary"
        className="self-start"
        disabled={Object.keys(changed).length === 0 || save.isPending}
        onClick={() => save.mutate(now)}
      >
        Save retention
      </Button>
      {save.isSuccess && Object.keys(changed).length === 0 && (
        <p role="status" className="text-sm text-quiet">
          Saved.
        </p>
      )}
    </Section>
  );
}
