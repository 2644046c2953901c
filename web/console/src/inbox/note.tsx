/** A note for colleagues; the contact is never shown it. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import { Button, FIELD, Trouble } from "../parts/parts";

export function NoteForm({ conversationId }: { conversationId: string }) {
  const [text, setText] = useState("");
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: () =>
      answered(
        api.POST("/v1/conversations/{conversation_id}/notes", {
          params: { path: { conversation_id: conversationId } },
          body: { text: text.trim() },
        }),
      ),
    onSuccess: () => {
      setText("");
      return queries.invalidateQueries({ queryKey: ["notes", conversationId] });
    },
  });
  return (
    <form
      className="mx-auto flex max-w-3xl flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <textarea
        aria-label="Note for colleagues"
        placeholder="Only your colleagues read this"
        rows={3}
        maxLength={8_000}
        dir="auto"
        value={text}
        onChange={(event) => setText(event.target.value)}
        className={`${FIELD} resize-y`}
      />
      <Trouble error={add.error} />
      <Button look="primary" type="submit" className="self-start" disabled={!text.trim() || add.isPending}>
        Add note
      </Button>
    </form>
  );
}
