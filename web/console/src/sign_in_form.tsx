/** The parts of the forms before anybody is signed in. */

import type { FormEvent, InputHTMLAttributes, ReactNode } from "react";
import { FIELD } from "./parts/parts";

export function Form({ onSubmit, children }: { onSubmit: (form: FormData) => void; children: ReactNode }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {children}
    </form>
  );
}

export function Field({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="flex flex-col gap-1 text-sm font-medium">
      <span>
        {label}
        {hint && <span className="font-normal text-quiet"> · {hint}</span>}
      </span>
      {children}
    </label>
  );
}

export function Input(given: InputHTMLAttributes<HTMLInputElement>) {
  return <input {...given} className={FIELD} />;
}

export function said(form: FormData, name: string): string {
  return String(form.get(name) ?? "");
}
