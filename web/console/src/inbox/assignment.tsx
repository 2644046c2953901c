/** Whose a handoff is: one operator's, a team's, or nobody's yet. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "../api/client";
import type { Handoff } from "../api/shapes";
import { Trouble } from "../parts/parts";
import { usePeople, useTeams } from "./people";

const CHOICE = "min-h-9 max-w-40 rounded-lg border border-line bg-card px-2 text-sm";

export function Assignment({ handoff }: { handoff: Handoff }) {
  const queries = useQueryClient();
  const people = usePeople().data ?? [];
  const teams = useTeams().data ?? [];
  const assign = useMutation({
    mutationFn: (body: { assignee_id: string | null } | { team_id: string | null }) =>
      answered<Handoff>(
        api.PATCH("/v1/handoffs/{handoff_id}/assignment", {
          params: { path: { handoff_id: handoff.handoff_id } },
          body,
        }),
      ),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ["handoff"] });
      await queries.invalidateQueries({ queryKey: ["handoffs"] });
    },
  });
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2">
      <select
        aria-label="Assigned to"
        value={handoff.assignee_id ?? ""}
        className={CHOICE}
        onChange={(event) => assign.mutate({ assignee_id: event.target.value || null })}
      >
        <option value="">Nobody yet</option>
        {people.map((one) => (
          <option key={one.operator_id} value={one.operator_id}>
            {one.name}
          </option>
        ))}
      </select>
      {teams.length > 0 && (
        <select
          aria-label="Team"
          value={handoff.team_id ?? ""}
          className={CHOICE}
          onChange={(event) => assign.mutate({ team_id: event.target.value || null })}
        >
          <option value="">No team</option>
          {teams.map((one) => (
            <option key={one.team_id} value={one.team_id}>
              {one.name}
            </option>
          ))}
        </select>
      )}
      <Trouble error={assign.error} />
    </div>
  );
}
