/** JSON that somebody pasted: its value, or in words where it breaks. */

import { notify } from "./dom.js";
import { jsonError } from "./json_place.js";

/** The value in a text field; undefined after saying what is wrong and going to the place. */
export function readJson(field, notice) {
  const error = jsonError(field.value);
  field.setAttribute("aria-invalid", String(Boolean(error)));
  if (!error) return JSON.parse(field.value);
  const { line, column, index, what } = error;
  notify(notice, `The JSON breaks at line ${line}, column ${column}: ${what}.`);
  field.focus();
  field.setSelectionRange(index, Math.min(index + 1, field.value.length));
  return undefined;
}
