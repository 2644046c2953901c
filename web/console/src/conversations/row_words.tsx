/** A conversation in a few words: what it is about, who with, how it stands. */

import type { Conversation } from "../api/shapes";
import { channelInWords, inWords, Tag } from "../parts/parts";

export function titleOf(one: Conversation): string {
  return one.title || one.contact_name || "Nothing said yet";
}

export function aboutOf(one: Conversation, assistant: string): string {
  const name = one.title ? one.contact_name : "";
  return [name, channelInWords(one.channel), assistant, one.language].filter(Boolean).join(" · ");
}

export function State({ conversation: one }: { conversation: Conversation }) {
  if (one.origin === "fork") return <Tag>fork</Tag>;
  return (
    <Tag tone={one.status === "waiting_for_operator" ? "warn" : one.status === "open" ? "good" : "neutral"}>
      {one.status === "waiting_for_operator" ? "waiting" : one.outcome ? inWords(one.outcome) : one.status}
    </Tag>
  );
}
