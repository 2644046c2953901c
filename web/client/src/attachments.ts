/** The files of a conversation: sent, read by the server, found in it from then on. */

import { Problem } from "./problem";
import type { Visitor } from "./visitor";

const LOOK_MS = 2_000;
const MOST_LOOKS = 60;

export interface Attached {
  /** The server's id of the file, or our own until it has one. */
  key: string;
  name: string;
  state: "sending" | "reading" | "ready" | "refused";
  why?: string;
}

interface Stored {
  file_id: string;
  status: string;
  name: string;
  errors?: { detail?: string }[];
}

export class Attachments {
  private files: Attached[] = [];

  constructor(
    private readonly visitor: Visitor,
    private readonly changed: (files: Attached[]) => void,
  ) {}

  /** Send a file; a refusal stays beside its name. */
  async add(conversationId: string, file: File): Promise<void> {
    const key = crypto.randomUUID();
    this.set([...this.files, { key, name: file.name, state: "sending" }]);
    const form = new FormData();
    form.append("file", file);
    try {
      const stored = await this.visitor.call<Stored>("POST", pathOf(conversationId), form);
      if (stored.status === "ready") return this.replace(key, shown({ ...stored, name: file.name }));
      this.replace(key, { key: stored.file_id, name: file.name, state: "reading" });
      await this.follow(conversationId);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.replace(key, { key, name: file.name, state: "refused", why: error.detail || error.title });
    }
  }

  async remove(conversationId: string, key: string): Promise<void> {
    const file = this.files.find((one) => one.key === key);
    if (!file) return;
    if (file.state === "ready") {
      await this.visitor.call("DELETE", `${pathOf(conversationId)}/${encodeURIComponent(key)}`);
    }
    this.set(this.files.filter((one) => one !== file));
  }

  /** What the server has of the conversation; what is being sent here stays. */
  async load(conversationId: string): Promise<void> {
    const { data } = await this.visitor.call<{ data: Stored[] }>("GET", pathOf(conversationId));
    const ours = this.files.filter((one) => one.state === "sending" || one.state === "refused");
    this.set([...data.filter((one) => one.status !== "cancelled").map(shown), ...ours]);
  }

  private async follow(conversationId: string): Promise<void> {
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      await this.load(conversationId);
      if (!this.files.some((one) => one.state === "reading")) return;
    }
  }

  private replace(key: string, file: Attached): void {
    this.set(this.files.map((one) => (one.key === key ? file : one)));
  }

  private set(files: Attached[]): void {
    this.files = files;
    this.changed(files);
  }
}

function shown(stored: Stored): Attached {
  const { file_id: key, name, status, errors } = stored;
  if (status === "ready") return { key, name, state: "ready" };
  if (status === "failed") return { key, name, state: "refused", why: errors?.[0]?.detail ?? "" };
  return { key, name, state: "reading" };
}

function pathOf(conversationId: string): string {
  return `/v1/conversations/${conversationId}/files`;
}
