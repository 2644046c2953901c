/** Versions: what is staged is published, an earlier one is gone back to. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api, type Page } from "../api/client";
import type { Base } from "../api/shapes";
import { Ago, Button, Tag, Trouble } from "../parts/parts";

interface Version {
  version: number;
  state: string;
  passages: number;
  note: string;
  created_at: string;
}

export function Versions({ base, mayWrite }: { base: Base; mayWrite: boolean }) {
  const path = { knowledge_base_id: base.knowledge_base_id };
  const queries = useQueryClient();
  const fresh = () => queries.invalidateQueries();
  const found = useQuery({
    queryKey: ["versions", base.knowledge_base_id],
    queryFn: () =>
      answered<Page<Version>>(
        api.GET("/v1/knowledge-bases/{knowledge_base_id}/versions", {
          params: { path, query: { limit: 50 } },
        }),
      ),
  });
  const publish = useMutation({
    mutationFn: () =>
      answered(api.POST("/v1/knowledge-bases/{knowledge_base_id}/versions", { params: { path }, body: {} })),
    onSettled: fresh,
  });
  const restore = useMutation({
    mutationFn: (version: number) =>
      answered(
        api.POST("/v1/knowledge-bases/{knowledge_base_id}/versions/{version}/restore", {
          params: { path: { ...path, version: String(version) } },
        }),
      ),
    onSettled: fresh,
  });
  const isStaged = base.staged_version !== null;
  return (
    <div className="flex flex-col gap-4">
      <Trouble error={found.error ?? publish.error ?? restore.error} />
      {isStaged && mayWrite && (
        <div className="flex flex-wrap items-center gap-3 rounded-xl bg-warn-soft px-4 py-3 text-sm text-warn">
          <span className="flex-1">Changes are staged. Nobody is answered from them yet.</span>
          <Button look="primary" disabled={publish.isPending} onClick={() => publish.mutate()}>
            Publish
          </Button>
        </div>
      )}
      <ul className="divide-y divide-line rounded-xl border border-line bg-card">
        {found.data?.data.map((one) => (
          <li key={one.version} className="flex items-center gap-3 px-4 py-3 text-sm">
            <span className="flex-1">
              Version {one.version} <span className="text-quiet">{one.note}</span>
              <span className="block text-xs text-quiet">
                {one.passages} passages · <Ago at={one.created_at} />
              </span>
            </span>
            {one.version === base.version ? (
              <Tag tone="good">live</Tag>
            ) : one.state === "staged" ? (
              <Tag tone="warn">staged</Tag>
            ) : (
              mayWrite && (
                <Button disabled={restore.isPending} onClick={() => restore.mutate(one.version)}>
                  Go back to it
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
